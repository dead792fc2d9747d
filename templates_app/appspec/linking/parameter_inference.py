"""What the parameters of a version must be for an application to read as it does."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from templates_app.appspec.diff.key_pairing import Path, paired_texts
from templates_app.appspec.interpolation.render import effective
from templates_app.appspec.interpolation.syntax import Reference, TextError, names, pieces, plain, substitute
from templates_app.appspec.linking.equivalence import Held, sealed_names
from templates_app.appspec.schema.component import Record
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import tree

type _Part = str | tuple[str]
"""A fixed word, or the name of a reference."""


def laid_over(text: str, literal: str) -> dict[str, str] | None:
    """Name → value that make `text` read as `literal`; None where nothing does, or more than one thing could.

    `postgres://${USER}@db` over `postgres://shop@db` is USER=shop. Takes time linear in both texts.
    """
    try:
        read = pieces(text)
        if any(isinstance(piece, Reference) and piece.operator.endswith("+") for piece in read):
            return None
        parts: list[_Part] = [piece if isinstance(piece, str) else (piece.name,) for piece in read]
        early, late = _found(parts, literal), _mirrored(parts, literal)
        return early if early is not None and early == late and plain(text, early) == literal else None
    except TextError:
        return None


def _mirrored(parts: Sequence[_Part], literal: str) -> dict[str, str] | None:
    """The same, with each fixed word where it stands last."""
    turned = [part[::-1] if isinstance(part, str) else part for part in reversed(parts)]
    result = _found(turned, literal[::-1])
    return None if result is None else {name: value[::-1] for name, value in result.items()}


def _found(parts: Sequence[_Part], literal: str) -> dict[str, str] | None:
    """References take what lies between the fixed words, each of these where it stands first."""
    values: dict[str, str] = {}
    at, name = 0, ""
    for index, part in enumerate(parts):
        if not isinstance(part, str):
            if name:
                return None
            name = part[0]
            continue
        start = len(literal) - len(part) if index == len(parts) - 1 else literal.find(part, at)
        if start < at or not literal.startswith(part, start) or (not name and start > at):
            return None
        if name and values.setdefault(name, literal[at:start]) != literal[at:start]:
            return None
        at, name = start + len(part), ""
    if name:
        return values if values.setdefault(name, literal[at:]) == literal[at:] else None
    return values if at == len(literal) else None


_SECTIONS = ("components", "volumes", "networks")
_MARK = "\ue000{}\ue001"


@dataclass(frozen=True, slots=True)
class Guess:
    """A value that some places of the application speak for; None: for the parameter being left unset."""

    value: str | None = field(repr=False)
    places: tuple[Path, ...]


def infer(version: AppSpec, held: Held, known: Mapping[str, str]) -> dict[str, tuple[Guess, ...]]:
    """For each parameter of the version that is not `known` what its texts say, most places first.

    Components, volumes and networks are laid over those of the same key. Several guesses contradict each other. A
    secret of the application is never the guess for a parameter that is not kept sealed.
    """
    return _Inference(version, held, known).guesses()


class _Inference:
    def __init__(self, version: AppSpec, held: Held, known: Mapping[str, str]) -> None:
        self.version, self.known = version, known
        self.open = version.parameters.keys() - known.keys()
        self.open -= {name for name, parameter in version.parameters.items() if parameter.fixed}
        self.sealed = sealed_names(version.parameters)
        self.defaults = effective(version.parameters, known)
        self.secrets = {_MARK.format(name): held.in_effect.get(name) for name in held.sealed}
        self.marked = {**held.values, **{name: _MARK.format(name) for name in held.sealed}}
        self.held = held

    def guesses(self) -> dict[str, tuple[Guess, ...]]:
        result: dict[str, dict[str | None, list[Path]]] = defaultdict(lambda: defaultdict(list))
        for path, text, own in self._texts():
            for name, value in self._said(text, own):
                result[name][value].append(path)
        return {name: _by_weight(data) for name, data in sorted(result.items())}

    def _texts(self) -> Iterator[tuple[Path, str, str]]:
        for section in _SECTIONS:
            theirs: Mapping[str, Record] = getattr(self.version, section)
            ours: Mapping[str, Record] = getattr(self.held.spec, section)
            for key in sorted(theirs.keys() & ours.keys()):
                for path, text, own in paired_texts(tree(theirs[key]), tree(ours[key]), self._fits):
                    if "$" in text:
                        yield (section, key, *path), text, own

    def _fits(self, text: str, own: str) -> bool:
        try:
            return laid_over(self._filled(text), plain(own, self.marked)) is not None
        except TextError:
            return False

    def _filled(self, text: str) -> str:
        return substitute(text, self.known, names(text) - self.known.keys())

    def _said(self, text: str, own: str) -> Iterator[tuple[str, str | None]]:
        """The open parameters of a text with what each must be."""
        try:
            requested, read = names(text) & self.open, plain(own, self.marked)
            if not requested:
                return
            if self._as_default(text, read):
                yield from ((name, self.defaults.get(name)) for name in requested)
                return
            result = laid_over(self._filled(text), read) or {}
        except TextError:
            return
        for name in result.keys() & self.open:
            value = self._revealed(result[name])
            if value is not None and (value == result[name] or name in self.sealed):
                yield name, value

    def _as_default(self, text: str, read: str) -> bool:
        try:
            return plain(text, self.defaults) == read
        except TextError:
            return False

    def _revealed(self, text: str) -> str | None:
        """With the application's own secrets in place; None where one of them has no value."""
        for mark, secret in self.secrets.items():
            if mark in text:
                if secret is None:
                    return None
                text = text.replace(mark, secret)
        return text


def _by_weight(data: Mapping[str | None, list[Path]]) -> tuple[Guess, ...]:
    guesses = [Guess(value, tuple(sorted(places))) for value, places in data.items()]
    return tuple(sorted(guesses, key=lambda parameter: (-len(parameter.places), parameter.value or "")))
