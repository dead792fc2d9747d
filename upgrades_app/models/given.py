"""What was set for an application's parameters, as the one sealed text that a record keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from templates_app.spec.model import AppSpec
from upgrades_app.engine.situation import Side


@dataclass(frozen=True, slots=True)
class Given:
    """`in_effect` is the secrets as the target has them, defaults of the document among them."""

    values: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    in_effect: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, text: str) -> Given:
        return cls(**json.loads(text or "{}"))

    def write(self) -> str:
        return json.dumps(asdict(self))

    def side(self, spec: AppSpec) -> Side:
        return Side(spec=spec, values=self.values, secrets=self.secrets)
