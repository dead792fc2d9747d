"""Values of documents in the words of pages: rendered, with dots for every secret."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from pydantic import JsonValue, ValidationError

from templates_app.appspec.diff.field_change import shown
from templates_app.appspec.interpolation.syntax import TextError, plain
from templates_app.appspec.presentation.value_labels import is_spoken, spoken_value
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from upgrades_app.engine.inputs.planning_input import Kind, Side, Situation
from upgrades_app.engine.inputs.rendered_side import View, in_effect, sealed

DOTS = "••••••"


@dataclass(frozen=True, slots=True)
class Wording:
    """Puts values in place of references, dots in place of secrets, and says the rest as people read it."""

    values: Mapping[str, str]

    @classmethod
    def of(cls, view: View) -> Self:
        return cls._hiding(view.raw, view.values)

    @classmethod
    def of_side(cls, side: Side) -> Self:
        """Without rendering all of it."""
        raw = sealed(side.spec)
        return cls._hiding(raw, in_effect(raw, side)[0])

    @classmethod
    def _hiding(cls, raw: AppSpec, values: Mapping[str, str]) -> Self:
        """A sealed document has every generated parameter a secret."""
        hidden = {name: DOTS for name, parameter in raw.parameters.items() if parameter.secret}
        return cls({**values, **hidden})

    def text(self, value: JsonValue, *, raw: bool = False) -> str | None:
        """The value as one text; None where there is none. `raw`: a dollar in it is a dollar."""
        if value is None:
            return None
        return shown(value if raw else self._filled(value))

    def at(self, component: ComponentSpec | None, path: tuple[str, ...], value: JsonValue) -> str | None:
        """The value at a path from the document's root, which lies in this component."""
        if component is not None and path[2:3] == ("config_files",) and len(path) > 3:
            file = component.config_files.get(path[3])
            if file is not None and (len(path) == 4 or path[4] == "content"):
                return self._file(value, secret=file.secret, raw=not file.interpolate)
        filled = self._filled(value)
        if isinstance(filled, dict) and is_spoken(path):
            return _spoken(path, filled)
        return self.text(value)

    def _file(self, value: JsonValue, *, secret: bool, raw: bool) -> str | None:
        content = value.get("content", "") if isinstance(value, dict) else value
        return DOTS if secret and content else self.text(content, raw=raw)

    def _filled(self, value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            try:
                return plain(value, self.values)
            except TextError:
                return value
        if isinstance(value, dict):
            return {str(self._filled(name)): self._filled(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        return value


def _spoken(path: tuple[str, ...], value: JsonValue) -> str:
    """What the values make of a record may be none any more: then it is told as it is."""
    try:
        return spoken_value(path, value)
    except ValidationError:
        return shown(value)


@dataclass(frozen=True, slots=True)
class Wordings:
    """How each of three merged sides reads: a document's text is put in the words of its own parameters."""

    base: Wording
    ours: Wording
    theirs: Wording

    @classmethod
    def of(cls, situation: Situation, side: Side, merged: View) -> Self:
        """`side` is what is desired once done. A version brings no values of its own: those set here hold for it."""
        base, theirs = situation.base, situation.theirs or Side()
        if situation.kind is not Kind.ROLLBACK:
            base = replace(base, values=situation.desired.values, secrets=situation.desired.secrets)
            theirs = replace(theirs, values=side.values, secrets=side.secrets)
        return cls(Wording.of_side(base), Wording.of(merged), Wording.of_side(theirs))
