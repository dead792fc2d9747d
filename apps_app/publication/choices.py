"""What somebody decides when publishing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Decision(StrEnum):
    """Who sets a parameter. `value` stands in forms, `label` on pages."""

    FIXED = "fixed"
    ASKED = "asked"
    GENERATED = "generated"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Decision.FIXED: "Fixed by the version",
    Decision.ASKED: "Asked when installing",
    Decision.GENERATED: "Generated when installing",
}


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """A template that comes into being with its first publication."""

    name: str
    description: str = ""
    scope: str = "team"


@dataclass(frozen=True, slots=True)
class Choices:
    """`leave_out`: components that the version does not hold; `cut`: what depends on them is published without that
    dependency. `decisions`: parameter → who sets it, where not as proposed. `plain`: places (dotted) or parameter
    names of what looks like a credential and is published as it is. `own_names`: volumes and networks have the names of
    each installation, in place of those that the source gives them."""

    leave_out: frozenset[str] = frozenset()
    cut: bool = False
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    own_names: bool = False
