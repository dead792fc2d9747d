"""Render values of documents as text, with dots for every secret."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from pydantic import JsonValue, ValidationError

from templates_app.appspec.diff.field_change import format_value
from templates_app.appspec.interpolation.syntax import TextError, substitute_all
from templates_app.appspec.presentation.value_labels import describe_value, has_label
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from upgrades_app.engine.inputs.planning_input import OperationKind, PlanningInput, SpecSide
from upgrades_app.engine.inputs.rendered_side import RenderedSide, list_sealed, split_effective_values

DOTS = "••••••"


@dataclass(frozen=True, slots=True)
class Redactor:
    """Replaces references by values, and secrets by dots."""

    values: Mapping[str, str]

    @classmethod
    def from_rendered(cls, rendered: RenderedSide) -> Self:
        return cls._hide(rendered.raw, rendered.values)

    @classmethod
    def from_side(cls, side: SpecSide) -> Self:
        """Without rendering all of it."""
        raw = list_sealed(side.spec)
        return cls._hide(raw, split_effective_values(raw, side)[0])

    @classmethod
    def _hide(cls, raw: AppSpec, values: Mapping[str, str]) -> Self:
        """A sealed document has every generated parameter a secret."""
        hidden = {name: DOTS for name, parameter in raw.parameters.items() if parameter.secret}
        return cls({**values, **hidden})

    def redact(self, value: JsonValue, *, raw: bool = False) -> str | None:
        """The value as one text; None where there is none. `raw`: a dollar in it is a dollar."""
        if value is None:
            return None
        return format_value(value if raw else self._fill_in(value))

    def redact_at(self, component: ComponentSpec | None, path: tuple[str, ...], value: JsonValue) -> str | None:
        """The value at a path from the document's root, which lies in this component."""
        if component is not None and path[2:3] == ("config_files",) and len(path) > 3:
            file = component.config_files.get(path[3])
            if file is not None and (len(path) == 4 or path[4] == "content"):
                return self._redact_file(value, secret=file.secret, raw=not file.interpolate)
        filled = self._fill_in(value)
        if isinstance(filled, dict) and has_label(path):
            return _describe(path, filled)
        return self.redact(value)

    def _redact_file(self, value: JsonValue, *, secret: bool, raw: bool) -> str | None:
        content = value.get("content", "") if isinstance(value, dict) else value
        return DOTS if secret and content else self.redact(content, raw=raw)

    def _fill_in(self, value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            try:
                return substitute_all(value, self.values)
            except TextError:
                return value
        if isinstance(value, dict):
            return {str(self._fill_in(name)): self._fill_in(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._fill_in(item) for item in value]
        return value


def _describe(path: tuple[str, ...], value: JsonValue) -> str:
    """Return the label of a record; the plain value if it is invalid once rendered."""
    try:
        return describe_value(path, value)
    except ValidationError:
        return format_value(value)


@dataclass(frozen=True, slots=True)
class Redactors:
    """The redactors of three merged sides; each renders with the parameters of its own document."""

    base: Redactor
    ours: Redactor
    theirs: Redactor

    @classmethod
    def from_input(cls, planning_input: PlanningInput, side: SpecSide, merged: RenderedSide) -> Self:
        """`side` is what is desired once done. A version brings no values of its own: those set here hold for it."""
        base, theirs = planning_input.base, planning_input.theirs or SpecSide()
        if planning_input.kind is not OperationKind.ROLLBACK:
            base = replace(base, values=planning_input.desired.values, secrets=planning_input.desired.secrets)
            theirs = replace(theirs, values=side.values, secrets=side.secrets)
        return cls(Redactor.from_side(base), Redactor.from_rendered(merged), Redactor.from_side(theirs))
