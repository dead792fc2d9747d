"""The host ports of a copy: each published one with a number that nobody on the target has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.port_allocation import HIGHEST, Held, Taken
from templates_app.appspec.validation.port_remapping import Movable, movable
from templates_app.appspec.validation.ports import Published

_PREFIX = "port-"


@dataclass(frozen=True, slots=True)
class Proposed:
    """One published port, and the free one that takes its place where somebody holds it."""

    movable: Movable
    port: int
    held: Held | None = None

    @property
    def label(self) -> str:
        return f"{self.movable.component}, port {self.movable.port} published as"

    @property
    def why(self) -> str:
        name = self.movable.parameter
        return " ".join(filter(None, [self.taken, f"Sets {name}." if name else ""]))

    @property
    def taken(self) -> str:
        """Who has it, or ""."""
        first = self.movable.address.first
        free = f"; {self.port} is free" if self.port != first else ""
        return f"{first} is taken there by {self.held.by}{free}." if self.held is not None else ""


def proposed(spec: AppSpec, values: Mapping[str, str], allocation: Taken) -> tuple[Proposed, ...]:
    """Every port that can be another one, each with one that is free beside all others."""
    return tuple(_proposed(movable(spec, values), allocation))


def _proposed(result: tuple[Movable, ...], allocation: Taken) -> Iterator[Proposed]:
    provided = {
        (other_port.address.protocol, other_port.address.first)
        for other_port in result
        if allocation.holder(other_port.address) is None
    }
    for item in result:
        held = allocation.holder(item.address)
        port = item.address.first if held is None else _free(item.address, allocation, provided)
        provided.add((item.address.protocol, port))
        yield Proposed(item, port, held)


def _free(address: Published, allocation: Taken, provided: Collection[tuple[str, int]]) -> int:
    """The next port that nobody has and no other of these gets; the same where there is none."""
    port = allocation.free(address.first, address.protocol)
    while port is not None and (address.protocol, port) in provided:
        port = allocation.free(port + 1, address.protocol)
    return port or address.first


class PortsForm(forms.Form):
    """One field for each published port, with the free ones in."""

    def __init__(self, data: QueryDict | None, found: tuple[Proposed, ...]) -> None:
        super().__init__(data)
        self.found = found
        for n, port in enumerate(found):
            self.fields[f"{_PREFIX}{n}"] = forms.IntegerField(
                label=port.label, initial=port.port, min_value=1, max_value=HIGHEST, help_text=port.why
            )

    def ports(self) -> dict[str, int]:
        """What each is published as, by its id; valid forms only."""
        return {port.movable.id: self.cleaned_data[f"{_PREFIX}{n}"] for n, port in enumerate(self.found)}
