"""The variables of an import: their given values, and what a text is with them or without."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from templates_app.appspec.interpolation import syntax
from templates_app.appspec.interpolation.syntax import Reference, TextError

_FIRST_STAND_IN, _LAST_STAND_IN = 0xE000, 0xF8FF


@dataclass(frozen=True, slots=True)
class Variables:
    """Values by name. `pinned` are those that mean something else in this file alone, and are filled in at once."""

    values: Mapping[str, str] = field(default_factory=dict)
    pinned: Mapping[str, str] = field(default_factory=dict)

    def plain(self, source: str) -> str:
        """The text as Compose sees it. A value that is demanded and missing is empty. Raises TextError."""
        try:
            return syntax.plain(source, self.values)
        except TextError:
            missing = {reference.name for reference in syntax.references(source)} - self.values.keys()
            return syntax.plain(source, dict.fromkeys(missing, "0") | dict(self.values))

    def filled(self, value: JsonValue) -> JsonValue:
        """The value with the pinned names replaced; all other references stay."""
        if not self.pinned:
            return value
        if isinstance(value, dict):
            return {key: self.filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if isinstance(value, str) and "$" in value and (names := syntax.names(value)) & self.pinned.keys():
            return syntax.substitute(value, self.pinned, keep=names - self.pinned.keys())
        return value

    def resolved(self, value: JsonValue) -> JsonValue:
        """Every text in the value as Compose sees it. Raises TextError."""
        if isinstance(value, dict):
            return {key: self.resolved(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.resolved(item) for item in value]
        return self.plain(value) if isinstance(value, str) and "$" in value else value

    def split[T: JsonValue](self, source: str, form: Callable[[str], T]) -> tuple[T, bool]:
        """A short form taken apart, references kept where that makes no difference; whether they were kept.

        `form` takes plain text apart, raising ValueError. References are kept when taking apart first and filling in
        afterwards gives the same; otherwise the values given now decide. Raises ValueError, TextError.
        """
        if "$" not in source:
            return form(source), True
        resolved = form(self.plain(source))
        try:
            t = self._kept(source, form)
            if self.resolved(t) == resolved:
                return t, True
        except ValueError:
            pass
        return _literal(resolved), False

    def _kept[T: JsonValue](self, source: str, form: Callable[[str], T]) -> T:
        """`form` applied while one character stands in for each reference."""
        if has_stand_in(source):
            raise ValueError("holds characters that are used for stand-ins")
        stand_ins: dict[str, str] = {}
        masked = ""
        for piece in syntax.pieces(source):
            if isinstance(piece, Reference):
                stand_in = chr(_FIRST_STAND_IN + len(stand_ins))
                stand_ins[stand_in] = piece.source
                masked += stand_in
            else:
                masked += piece
        return _restored(form(masked), stand_ins)


def has_stand_in(part: str) -> bool:
    """Whether a part of a short form is, or holds, something not known yet."""
    return any(_FIRST_STAND_IN <= ord(character) <= _LAST_STAND_IN for character in part)


def _restored[T: JsonValue](value: T, stand_ins: Mapping[str, str]) -> T:
    result: JsonValue = value
    if isinstance(value, dict):
        result = {key: _restored(item, stand_ins) for key, item in value.items()}
    elif isinstance(value, list):
        result = [_restored(item, stand_ins) for item in value]
    elif isinstance(value, str):
        result = "".join(stand_ins.get(character, character) for character in syntax.literal(value))
    return result  # type: ignore[return-value]  # the same kind as it came


def _literal[T: JsonValue](value: T) -> T:
    return _restored(value, {})
