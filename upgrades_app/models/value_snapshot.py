"""Parameter values of an application, stored as one sealed text in a record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from templates_app.appspec.schema.model import AppSpec
from upgrades_app.engine.inputs.planning_input import SpecSide
from upgrades_app.engine.inputs.rendered_side import render_side


@dataclass(frozen=True, slots=True)
class ValueSnapshot:
    """Desired and applied parameter values.

    `in_effect` holds the applied secrets including defaults. `applied` holds the applied values and secrets, or None
    if they equal the desired ones.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    in_effect: Mapping[str, str] = field(default_factory=dict, repr=False)
    applied: tuple[Mapping[str, str], Mapping[str, str]] | None = field(default=None, repr=False)

    @classmethod
    def from_sides(cls, desired: SpecSide, applied: SpecSide) -> ValueSnapshot:
        applied_values = None if applied == desired else (applied.values, applied.secrets)
        return cls(desired.values, desired.secrets, render_side(applied).secrets, applied_values)

    @classmethod
    def parse(cls, text: str) -> ValueSnapshot:
        return cls(**json.loads(text or "{}"))

    def serialize(self) -> str:
        return json.dumps(asdict(self))

    def build_desired_side(self, spec: AppSpec) -> SpecSide:
        return SpecSide(spec=spec, values=self.values, secrets=self.secrets)

    def build_applied_side(self, spec: AppSpec) -> SpecSide:
        values, secrets = self.applied or (self.values, self.secrets)
        return SpecSide(spec=spec, values=values, secrets=secrets)
