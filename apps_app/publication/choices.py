from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ParameterDecision(StrEnum):
    """Who sets a parameter. Forms submit `value`; pages display `label`."""

    FIXED = "fixed"
    PROMPTED = "asked"
    GENERATED = "generated"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    ParameterDecision.FIXED: "Fixed by the version",
    ParameterDecision.PROMPTED: "Asked at install",
    ParameterDecision.GENERATED: "Generated at install",
}


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """A template to create with its first publication."""

    name: str
    description: str = ""
    scope: str = "team"


@dataclass(frozen=True, slots=True)
class PublicationChoices:
    """Choices for a new version.

    `leave_out`: components not published. `drop_dependencies`: remove dependencies on them instead of refusing.
    `decisions`: parameter → who sets it, where it differs from the proposal. `plain_credentials`: paths (dotted) or
    parameter names of possible credentials to publish as plain text. `unique_names`: give the volumes and networks of
    each installation their own names instead of the names of the source.
    """

    leave_out: frozenset[str] = frozenset()
    drop_dependencies: bool = False
    decisions: Mapping[str, ParameterDecision] = field(default_factory=dict)
    plain_credentials: frozenset[str] = frozenset()
    unique_names: bool = False
