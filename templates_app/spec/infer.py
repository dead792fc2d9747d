"""What the parameters of a version must be for an application to read as it does."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from templates_app.spec.component import Record
from templates_app.spec.dump import tree
from templates_app.spec.model import AppSpec
from templates_app.spec.pairing import Path, paired_texts
from templates_app.spec.pattern import laid_over
from templates_app.spec.reading import Held, sealed_names
from templates_app.spec.render import effective
from templates_app.spec.text import TextError, names, plain, substitute

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
        self.open -= {name for name, one in version.parameters.items() if one.fixed}
        self.sealed = sealed_names(version.parameters)
        self.defaults = effective(version.parameters, known)
        self.secrets = {_MARK.format(name): held.in_effect.get(name) for name in held.sealed}
        self.marked = {**held.values, **{name: _MARK.format(name) for name in held.sealed}}
        self.held = held

    def guesses(self) -> dict[str, tuple[Guess, ...]]:
        found: dict[str, dict[str | None, list[Path]]] = defaultdict(lambda: defaultdict(list))
        for path, text, own in self._texts():
            for name, value in self._said(text, own):
                found[name][value].append(path)
        return {name: _by_weight(said) for name, said in sorted(found.items())}

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
            asked, read = names(text) & self.open, plain(own, self.marked)
            if not asked:
                return
            if self._as_default(text, read):
                yield from ((name, self.defaults.get(name)) for name in asked)
                return
            found = laid_over(self._filled(text), read) or {}
        except TextError:
            return
        for name in found.keys() & self.open:
            value = self._revealed(found[name])
            if value is not None and (value == found[name] or name in self.sealed):
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


def _by_weight(said: Mapping[str | None, list[Path]]) -> tuple[Guess, ...]:
    guesses = [Guess(value, tuple(sorted(places))) for value, places in said.items()]
    return tuple(sorted(guesses, key=lambda one: (-len(one.places), one.value or "")))
