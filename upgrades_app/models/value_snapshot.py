"""What was set for an application's parameters, as the one sealed text that a record keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from templates_app.appspec.schema.model import AppSpec
from upgrades_app.engine.inputs.planning_input import Side
from upgrades_app.engine.inputs.rendered_side import view


@dataclass(frozen=True, slots=True)
class Given:
    """`in_effect` is the secrets as the target has them, defaults of the document among them; `applied` what was set as
    the target has it, where that is not all that is desired: the values, and the secrets."""

    values: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    in_effect: Mapping[str, str] = field(default_factory=dict, repr=False)
    applied: tuple[Mapping[str, str], Mapping[str, str]] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, desired: Side, applied: Side) -> Given:
        both = None if applied == desired else (applied.values, applied.secrets)
        return cls(desired.values, desired.secrets, view(applied).secrets, both)

    @classmethod
    def read(cls, text: str) -> Given:
        return cls(**json.loads(text or "{}"))

    def write(self) -> str:
        return json.dumps(asdict(self))

    def side(self, spec: AppSpec) -> Side:
        return Side(spec=spec, values=self.values, secrets=self.secrets)

    def applied_side(self, spec: AppSpec) -> Side:
        values, secrets = self.applied or (self.values, self.secrets)
        return Side(spec=spec, values=values, secrets=secrets)
