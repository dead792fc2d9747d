from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.core import signing

from apps_app.forms.component_parts import FIELDS, get_shown_part
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import JsonTree, to_plain

_SALT = "apps.opened-form"


def seal(document: JsonTree) -> str:
    return signing.dumps(document, salt=_SALT, compress=True)


def unseal(text: str) -> JsonTree | None:
    """What a form sent back; None where it is not ours."""
    try:
        document = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return None
    return document if isinstance(document, dict) else None


class SnapshotForm(forms.Form):
    """What a form of nothing but rows was opened with."""

    opened = forms.CharField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class FormSnapshot:
    """The component as far as the form showed it, and what needed it then."""

    component: ComponentSpec
    dependants: tuple[str, ...]
    fields: tuple[str, ...] = FIELDS

    def sealed(self) -> str:
        return seal({"component": get_shown_part(self.component, self.fields), "needed_by": list(self.dependants)})

    @classmethod
    def read(cls, text: str, fields: tuple[str, ...] = FIELDS) -> FormSnapshot | None:
        """What a form sent back; None where it is not ours."""
        document = unseal(text)
        try:
            return None if document is None else _read_form(document, fields)
        except (SpecError, KeyError):
            return None

    def apply_to(self, now: ComponentSpec) -> ComponentSpec:
        """Component as the form takes it to be: what it does not show is as it is now."""
        unshown = {name: value for name, value in to_plain(now).items() if name not in self.fields}
        return parse_component({**unshown, **get_shown_part(self.component, self.fields)})

    def merge_dependants(self, now: Sequence[str], desired: Sequence[str]) -> tuple[str, ...]:
        """What needs it after the edit: what the form added and took away, and what others did meanwhile."""
        added, used = set(desired) - set(self.dependants), set(self.dependants) - set(desired)
        return tuple(sorted((set(now) | added) - used))


def _read_form(document: JsonTree, fields: tuple[str, ...]) -> FormSnapshot:
    needed_by = document["needed_by"]
    names = tuple(map(str, needed_by)) if isinstance(needed_by, list) else ()
    return FormSnapshot(parse_component(document["component"]), names, fields)
