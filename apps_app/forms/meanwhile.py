"""What somebody else changed on a component while its form was open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from django.core import signing
from pydantic import JsonValue

from apps_app.forms.parts import FIELDS, shown_part
from apps_app.models import Component
from templates_app.spec.component import ComponentSpec
from templates_app.spec.diff import component_change
from templates_app.spec.dump import tree
from templates_app.spec.errors import SpecError
from templates_app.spec.parse import parse_component
from templates_app.spec.spoken import sides, spoken_value

_SALT = "apps.component-form"
NOTHING = "not there"


@dataclass(frozen=True, slots=True)
class Opened:
    """The component as the form showed it first, and what needed it then."""

    component: ComponentSpec
    needed_by: tuple[str, ...]
    fields: tuple[str, ...] = FIELDS

    def sealed(self) -> str:
        """As the form carries it: signed, so that it comes back as it went."""
        document = {"component": shown_part(self.component, self.fields), "needed_by": list(self.needed_by)}
        return signing.dumps(document, salt=_SALT, compress=True)

    @classmethod
    def read(cls, text: str, fields: tuple[str, ...] = FIELDS) -> Opened | None:
        """What a form sent back; None where it is not ours."""
        try:
            document = signing.loads(text, salt=_SALT)
            return cls(parse_component(document["component"]), tuple(document["needed_by"]), fields)
        except (signing.BadSignature, SpecError, KeyError):
            return None

    def needed_by_now(self, now: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
        """What needs it after the edit: what the form added and took away, and what others did meanwhile."""
        added, taken = set(wanted) - set(self.needed_by), set(self.needed_by) - set(wanted)
        return tuple(sorted((set(now) | added) - taken))


@dataclass(frozen=True, slots=True)
class Line:
    """One field that was changed meanwhile: as it was, as it is now, and as this form has it."""

    label: str
    was: str
    theirs: str
    yours: str

    @property
    def clash(self) -> bool:
        """Whether this form changed it too, to something else."""
        return self.yours not in (self.was, self.theirs)


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Who changed it, to which revision, and what of it the form shows. None of `revision`: it was removed."""

    by: str
    revision: int | None
    lines: tuple[Line, ...]


def meanwhile(row: Component | None, opened: Opened | None, mine: ComponentSpec) -> Meanwhile:
    """`row` is the component as it is now, None where it is gone."""
    theirs = row.desired_spec if row is not None else None
    by = (row.changed_by if row is not None else "") or "Somebody"
    if row is None or theirs is None:
        return Meanwhile(by, None, ())
    return Meanwhile(by, row.revision, _lines(opened, theirs, mine) if opened is not None else ())


def _lines(opened: Opened, theirs: ComponentSpec, mine: ComponentSpec) -> tuple[Line, ...]:
    """`mine` holds what others changed outside the form already."""
    changes = component_change("x", opened.component, parse_component(shown_part(theirs, opened.fields))).changes
    found = []
    for change in changes:
        before, after = sides(change)
        yours = _at(tree(mine), change.path[2:])
        said = NOTHING if yours is None else spoken_value(change.path, yours)
        found.append(Line(change.label, before or NOTHING, after or NOTHING, said))
    return tuple(found)


def _at(value: JsonValue, path: tuple[str, ...]) -> JsonValue:
    return reduce(lambda part, step: part.get(step) if isinstance(part, dict) else None, path, value)
