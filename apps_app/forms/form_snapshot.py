"""What a form showed when it was opened: it goes with the form, signed, so that it comes back as it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.core import signing

from apps_app.forms.component_parts import FIELDS, shown_part
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import Tree, tree

_SALT = "apps.opened-form"


def seal(document: Tree) -> str:
    return signing.dumps(document, salt=_SALT, compress=True)


def unsealed(text: str) -> Tree | None:
    """What a form sent back; None where it is not ours."""
    try:
        document = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return None
    return document if isinstance(document, dict) else None


class OpenedForm(forms.Form):
    """What a form of nothing but rows was opened with."""

    opened = forms.CharField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class Opened:
    """The component as far as the form showed it, and what needed it then."""

    component: ComponentSpec
    needed_by: tuple[str, ...]
    fields: tuple[str, ...] = FIELDS

    def sealed(self) -> str:
        return seal({"component": shown_part(self.component, self.fields), "needed_by": list(self.needed_by)})

    @classmethod
    def read(cls, text: str, fields: tuple[str, ...] = FIELDS) -> Opened | None:
        """What a form sent back; None where it is not ours."""
        document = unsealed(text)
        try:
            return None if document is None else _read(document, fields)
        except (SpecError, KeyError):
            return None

    def over(self, now: ComponentSpec) -> ComponentSpec:
        """The whole component as the form takes it to be: what it does not show is as it is now."""
        unshown = {name: value for name, value in tree(now).items() if name not in self.fields}
        return parse_component({**unshown, **shown_part(self.component, self.fields)})

    def needed_by_now(self, now: Sequence[str], desired: Sequence[str]) -> tuple[str, ...]:
        """What needs it after the edit: what the form added and took away, and what others did meanwhile."""
        added, used = set(desired) - set(self.needed_by), set(self.needed_by) - set(desired)
        return tuple(sorted((set(now) | added) - used))


def _read(document: Tree, fields: tuple[str, ...]) -> Opened:
    needed_by = document["needed_by"]
    names = tuple(map(str, needed_by)) if isinstance(needed_by, list) else ()
    return Opened(parse_component(document["component"]), names, fields)
