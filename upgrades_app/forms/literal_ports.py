"""The host ports that a version names itself, each as a field that holds another number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container

from django import forms

from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.port_allocation import HIGHEST
from templates_app.appspec.validation.port_remapping import Movable, literal


def port_fields(spec: AppSpec, posted: Container[str] | None) -> dict[str, forms.Field]:
    """By their names, which are read like the answers to a plan's questions. What is not `posted` (None: nothing was)
    stays as the version has it; what is emptied is not."""
    found = literal(spec)
    several = Counter(one.component for one in found)
    fields = {port_name(one.id): _field(one, alone=several[one.component] == 1) for one in found}
    for name, field in fields.items():
        field.required = posted is None or name in posted
    return fields


def port_name(port: str) -> str:
    return f"port:{port}"


def port_anchor(port: str) -> str:
    """The field's id on a page; `port` is the port's own id, which holds blanks and slashes."""
    return "port-" + re.sub(r"[^\w-]+", "-", port)


def _field(one: Movable, *, alone: bool) -> forms.Field:
    which = "Port" if alone else f"Port {one.port}"
    return forms.IntegerField(
        label=f"{which} of {one.component} (the template publishes {one.binding})",
        initial=one.address.first,
        min_value=1,
        max_value=HIGHEST,
        widget=forms.NumberInput(attrs={"id": port_anchor(one.id), "class": "short"}),
    )
