from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from apps_app.drivers.registry import host_of
from apps_app.models import Application
from apps_app.presenters.topology_view import ComponentLineView, PortView, format_port
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec

ANY = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  (read, not bound)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
HTTPS = frozenset({443, 8443})


@dataclass(frozen=True, slots=True)
class PublishedUrl:
    """`host` is where the target publishes; `here` says that whoever asks sits at that machine."""

    host: str
    is_this_machine: bool


def find_published_url(application: Application, asked_at: str) -> PublishedUrl | None:
    """None where nothing is published: no target, or one that starts nothing. `asked_at` is this console's own host
    as the request names it, which also is the host of an engine that is spoken to by a socket."""
    target = application.target
    host = host_of(target.kind, target.config) if target is not None else None
    if host is None:
        return None
    own = asked_at.rpartition(":")[0] if asked_at.rpartition(":")[2].isdecimal() else asked_at
    own = own.strip("[]")
    reached = host or own
    return PublishedUrl(reached, is_this_machine=own in LOOPBACK and reached in LOOPBACK)


def link_ports(
    lines: Iterable[ComponentLineView], applied: AppSpec | None, place: PublishedUrl | None
) -> tuple[ComponentLineView, ...]:
    """The lines, their ports with links as far as they are applied."""
    existing = applied.components if applied is not None else {}
    return tuple(
        replace(line, ports=list_port_views(map(str, line.ports), existing.get(line.key), place)) for line in lines
    )


def list_port_views(
    texts: Iterable[str], applied: ComponentSpec | None, place: PublishedUrl | None
) -> tuple[PortView, ...]:
    """Each text with its link, where what is applied publishes just that."""
    result = find_address(applied, place) if applied is not None and place is not None else {}
    return tuple(result.get(text, PortView(text)) for text in texts)


def find_address(applied: ComponentSpec, place: PublishedUrl) -> Mapping[str, PortView]:
    """The published tcp ports of one component, by their text."""
    result = {}
    for port, bindings in applied.ports.items():
        if not port.endswith("/tcp"):
            continue
        for binding in bindings:
            text = format_port(binding, port)
            address, _, number = binding.rpartition(":")
            if number.isdecimal():
                result[text] = _build_port_view(text, address.strip("[]"), int(number), place)
    return result


def _build_port_view(text: str, address: str, number: int, place: PublishedUrl) -> PortView:
    if address in LOOPBACK and not place.is_this_machine:
        return PortView(text, note=f"on {place.host} only")
    host = place.host if address in ANY | LOOPBACK else address
    scheme = "https" if number in HTTPS else "http"
    return PortView(text, f"{scheme}://{f'[{host}]' if ':' in host else host}:{number}/")
