"""Whether two texts have the same meaning with the values of their sides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from templates_app.appspec.interpolation.render import get_effective_values
from templates_app.appspec.interpolation.syntax import TextError, find_names, substitute, substitute_all
from templates_app.appspec.schema.model import AppSpec, Parameter


@dataclass(frozen=True)
class ResolvedSide:
    """A document and its set values, secrets included; other parameters use their defaults."""

    spec: AppSpec = field(default_factory=AppSpec)
    set_values: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def in_effect(self) -> Mapping[str, str]:
        return get_effective_values(self.spec.parameters, self.set_values)

    @cached_property
    def sealed(self) -> frozenset[str]:
        return find_sealed_names(self.spec.parameters)

    @cached_property
    def values(self) -> Mapping[str, str]:
        """The values of parameters that are not sealed."""
        return {name: text for name, text in self.in_effect.items() if name not in self.sealed}

    def displayed_values(self, text: str) -> str:
        """The text as a plan shows it: with values, and references to sealed parameters. Raises TextError."""
        return substitute(text, self.values, self.sealed)

    def plain(self, text: str) -> str:
        """The text as the target receives it. Raises TextError."""
        return substitute_all(text, self.in_effect)


def find_sealed_names(parameters: Mapping[str, Parameter]) -> frozenset[str]:
    """Return the parameters with sealed values: secret and generated ones."""
    return frozenset(name for name, parameter in parameters.items() if parameter.secret or parameter.generate)


@dataclass(frozen=True, slots=True)
class TextEquivalence:
    """Compares a text of `new` with one of `old`.

    `strict`: what a plan compares must be the same, references to secrets included; else what the target gets.
    """

    new: ResolvedSide
    old: ResolvedSide
    strict: bool

    def __call__(self, new: str, old: str) -> bool:
        if "$" not in new and "$" not in old:
            return new == old
        try:
            if (shown := self.new.displayed_values(new)) == self.old.displayed_values(old):
                return all(self.new.in_effect.get(name) == self.old.in_effect.get(name) for name in find_names(shown))
            return not self.strict and self.new.plain(new) == self.old.plain(old)
        except TextError:
            return False

    def settled(self, old: str) -> str:
        """Return a text of `old` with changed values inserted, so that it keeps its meaning on the new side."""
        if "$" not in old:
            return old
        try:
            moved = {name for name in find_names(old) if self._moved(name)}
            return substitute(old, self.old.in_effect, find_names(old) - moved) if moved else old
        except TextError:
            return old

    def _moved(self, name: str) -> bool:
        if name in self.old.sealed and name in self.new.sealed:
            return False
        return self.new.in_effect.get(name) != self.old.in_effect.get(name)
