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


def proposed(spec: AppSpec, values: Mapping[str, str], taken: Taken) -> tuple[Proposed, ...]:
    """Every port that can be another one, each with one that is free beside all others."""
    return tuple(_proposed(movable(spec, values), taken))


def _proposed(found: tuple[Movable, ...], taken: Taken) -> Iterator[Proposed]:
    given = {(one.address.protocol, one.address.first) for one in found if taken.holder(one.address) is None}
    for one in found:
        held = taken.holder(one.address)
        port = one.address.first if held is None else _free(one.address, taken, given)
        given.add((one.address.protocol, port))
        yield Proposed(one, port, held)


def _free(address: Published, taken: Taken, given: Collection[tuple[str, int]]) -> int:
    """The next port that nobody has and no other of these gets; the same where there is none."""
    port = taken.free(address.first, address.protocol)
    while port is not None and (address.protocol, port) in given:
        port = taken.free(port + 1, address.protocol)
    return port or address.first


class PortsForm(forms.Form):
    """One field for each published port, with the free ones in."""

    def __init__(self, data: QueryDict | None, found: tuple[Proposed, ...]) -> None:
        super().__init__(data)
        self.found = found
        for n, one in enumerate(found):
            self.fields[f"{_PREFIX}{n}"] = forms.IntegerField(
                label=one.label, initial=one.port, min_value=1, max_value=HIGHEST, help_text=one.why
            )

    def ports(self) -> dict[str, int]:
        """What each is published as, by its id; valid forms only."""
        return {one.movable.id: self.cleaned_data[f"{_PREFIX}{n}"] for n, one in enumerate(self.found)}
