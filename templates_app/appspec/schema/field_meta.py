"""What each field declares once: label, impact of a change, and whether it merges as a whole."""

from dataclasses import dataclass
from enum import IntEnum


class Impact(IntEnum):
    """The least that must happen on the target when a field changes."""

    NONE = 0
    IN_PLACE = 1
    RESTART = 2
    RECREATE = 3

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Impact.NONE: "no change on the target",
    Impact.IN_PLACE: "is updated in place, without a restart",
    Impact.RESTART: "is restarted",
    Impact.RECREATE: "is recreated",
}


@dataclass(frozen=True, slots=True)
class FieldMeta:
    """Stands in a field's `Annotated`: how people call it, what its change costs, and if it is atomic.

    An atomic field is compared and merged whole; any other map or record is walked into. Where `renames`, another key
    in the place of a map's only one is the same entry under another name: two that differ contradict each other.
    """

    label: str
    impact: Impact = Impact.RECREATE
    atomic: bool = False
    renames: bool = False
