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
    result = literal(spec)
    several = Counter(port.component for port in result)
    fields = {port_name(port.id): _field(port, alone=several[port.component] == 1) for port in result}
    for name, field in fields.items():
        field.required = posted is None or name in posted
    return fields


def port_name(port: str) -> str:
    return f"port:{port}"


def port_anchor(port: str) -> str:
    """The field's id on a page; `port` is the port's own id, which holds blanks and slashes."""
    return "port-" + re.sub(r"[^\w-]+", "-", port)


def _field(port: Movable, *, alone: bool) -> forms.Field:
    which = "Port" if alone else f"Port {port.port}"
    return forms.IntegerField(
        label=f"{which} of {port.component} (the template publishes {port.binding})",
        initial=port.address.first,
        min_value=1,
        max_value=HIGHEST,
        widget=forms.NumberInput(attrs={"id": port_anchor(port.id), "class": "short"}),
    )
