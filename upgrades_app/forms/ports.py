"""Host ports of a copy, with an available port suggested for each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from apps_app.drivers.issues import Holder
from apps_app.presenters.preflight_messages import describe_holder
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.port_allocation import HIGHEST, HeldPort, PortAllocation
from templates_app.appspec.validation.port_remapping import RemappablePort, list_remappable_ports
from templates_app.appspec.validation.ports import PublishedPort

_PREFIX = "port-"


@dataclass(frozen=True, slots=True)
class ProposedPort:
    """A published port with the suggested host port; `holder` uses the original one."""

    remappable: RemappablePort
    port: int
    holder: HeldPort[Holder] | None = None

    @property
    def label(self) -> str:
        return f"{self.remappable.component}, host port of {self.remappable.port}"

    @property
    def help_text(self) -> str:
        name = self.remappable.parameter
        return " ".join(filter(None, [self.conflict, f"Sets {name}." if name else ""]))

    @property
    def conflict(self) -> str:
        """Describe the conflict, or ""."""
        first = self.remappable.address.first
        free = f"; {self.port} is available" if self.port != first else ""
        return f"{first} is in use by {describe_holder(self.holder.holder)}{free}." if self.holder is not None else ""


def propose_ports(
    spec: AppSpec, values: Mapping[str, str], allocation: PortAllocation[Holder]
) -> tuple[ProposedPort, ...]:
    """Suggest an available host port for every remappable port."""
    return tuple(_propose_port(list_remappable_ports(spec, values), allocation))


def _propose_port(result: tuple[RemappablePort, ...], allocation: PortAllocation[Holder]) -> Iterator[ProposedPort]:
    addresses = [port.address for port in result]
    reserved = {(address.protocol, address.first) for address in addresses if allocation.find_conflict(address) is None}
    for remappable in result:
        holder = allocation.find_conflict(remappable.address)
        port = remappable.address.first if holder is None else _find_free_port(remappable.address, allocation, reserved)
        reserved.add((remappable.address.protocol, port))
        yield ProposedPort(remappable, port, holder)


def _find_free_port(
    address: PublishedPort, allocation: PortAllocation[Holder], reserved: Collection[tuple[str, int]]
) -> int:
    """Return the next available port that is not reserved, or the same port if there is none."""
    port = allocation.find_free(address.first, address.protocol)
    while port is not None and (address.protocol, port) in reserved:
        port = allocation.find_free(port + 1, address.protocol)
    return port or address.first


class PortsForm(forms.Form):
    """One field per published port."""

    def __init__(self, data: QueryDict | None, result: tuple[ProposedPort, ...]) -> None:
        super().__init__(data)
        self.proposals = result
        for n, port in enumerate(result):
            self.fields[f"{_PREFIX}{n}"] = forms.IntegerField(
                label=port.label, initial=port.port, min_value=1, max_value=HIGHEST, help_text=port.help_text
            )

    def get_ports(self) -> dict[str, int]:
        """Return the chosen host ports, by port id. Valid forms only."""
        return {port.remappable.id: self.cleaned_data[f"{_PREFIX}{n}"] for n, port in enumerate(self.proposals)}
