"""Fields to change host ports that a version defines as literals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container

from django import forms

from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.port_allocation import HIGHEST
from templates_app.appspec.validation.port_remapping import RemappablePort, get_literal_port


def build_port_fields(spec: AppSpec, posted: Container[str] | None) -> dict[str, forms.Field]:
    """Return the fields by name. A field is required if it was `posted`, or if nothing was (None)."""
    result = get_literal_port(spec)
    several = Counter(port.component for port in result)
    fields = {get_port_field_name(port.id): _build_field(port, alone=several[port.component] == 1) for port in result}
    for name, field in fields.items():
        field.required = posted is None or name in posted
    return fields


def get_port_field_name(port: str) -> str:
    return f"port:{port}"


def get_port_field_id(port: str) -> str:
    """Return the HTML id of the field; the port id contains blanks and slashes."""
    return "port-" + re.sub(r"[^\w-]+", "-", port)


def _build_field(port: RemappablePort, *, alone: bool) -> forms.Field:
    which = "Port" if alone else f"Port {port.port}"
    return forms.IntegerField(
        label=f"{which} of {port.component} (template: {port.binding})",
        initial=port.address.first,
        min_value=1,
        max_value=HIGHEST,
        widget=forms.NumberInput(attrs={"id": get_port_field_id(port.id), "class": "short"}),
    )
