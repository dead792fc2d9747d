"""What a text says on one side, with the values that hold there; and whether two say the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from templates_app.appspec.interpolation.render import effective
from templates_app.appspec.interpolation.syntax import TextError, names, plain, substitute
from templates_app.appspec.schema.model import AppSpec, Parameter


@dataclass(frozen=True)
class Held:
    """A document and what was set for it; `given` holds secrets too. What is not in it follows the defaults."""

    spec: AppSpec = field(default_factory=AppSpec)
    given: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def in_effect(self) -> Mapping[str, str]:
        return effective(self.spec.parameters, self.given)

    @cached_property
    def sealed(self) -> frozenset[str]:
        return sealed_names(self.spec.parameters)

    @cached_property
    def values(self) -> Mapping[str, str]:
        """Without the sealed ones."""
        return {name: text for name, text in self.in_effect.items() if name not in self.sealed}

    def shown(self, text: str) -> str:
        """As a plan shows it: values in place, references to sealed parameters left. Raises TextError."""
        return substitute(text, self.values, self.sealed)

    def plain(self, text: str) -> str:
        """As the target gets it. Raises TextError."""
        return plain(text, self.in_effect)


def sealed_names(parameters: Mapping[str, Parameter]) -> frozenset[str]:
    """The parameters whose value is kept sealed: secret ones, and those that are made up."""
    return frozenset(name for name, parameter in parameters.items() if parameter.secret or parameter.generate)


@dataclass(frozen=True, slots=True)
class Alike:
    """Compares a text of `new` with one of `old`.

    `strict`: what a plan compares must be the same, references to secrets included; else what the target gets.
    """

    new: Held
    old: Held
    strict: bool

    def __call__(self, new: str, old: str) -> bool:
        if "$" not in new and "$" not in old:
            return new == old
        try:
            if (shown := self.new.shown(new)) == self.old.shown(old):
                return all(self.new.in_effect.get(name) == self.old.in_effect.get(name) for name in names(shown))
            return not self.strict and self.new.plain(new) == self.old.plain(old)
        except TextError:
            return False

    def settled(self, old: str) -> str:
        """A text of `old` that means on the new side what it meant: what moved is put in as it was."""
        if "$" not in old:
            return old
        try:
            moved = {name for name in names(old) if self._moved(name)}
            return substitute(old, self.old.in_effect, names(old) - moved) if moved else old
        except TextError:
            return old

    def _moved(self, name: str) -> bool:
        if name in self.old.sealed and name in self.new.sealed:
            return False
        return self.new.in_effect.get(name) != self.old.in_effect.get(name)
