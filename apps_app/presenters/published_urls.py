"""Where the published ports of an application are reached with a browser, on a target that runs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from apps_app.drivers.registry import host_of
from apps_app.models import Application
from apps_app.presenters.topology_view import ComponentLine, PortShown, port_text
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec

ANY = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  (read, not bound)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
HTTPS = frozenset({443, 8443})


@dataclass(frozen=True, slots=True)
class Place:
    """`host` is where the target publishes; `here` says that whoever asks sits at that machine."""

    host: str
    here: bool


def place_of(application: Application, asked_at: str) -> Place | None:
    """None where nothing is published: no target, or one that starts nothing. `asked_at` is this console's own host
    as the request names it, which also is the host of an engine that is spoken to by a socket."""
    target = application.target
    host = host_of(target.kind, target.config) if target is not None else None
    if host is None:
        return None
    own = asked_at.rpartition(":")[0] if asked_at.rpartition(":")[2].isdecimal() else asked_at
    own = own.strip("[]")
    reached = host or own
    return Place(reached, here=own in LOOPBACK and reached in LOOPBACK)


def linked(lines: Iterable[ComponentLine], applied: AppSpec | None, place: Place | None) -> tuple[ComponentLine, ...]:
    """The lines, their ports with links as far as they are applied."""
    existing = applied.components if applied is not None else {}
    return tuple(
        replace(line, ports=ports_shown(map(str, line.ports), existing.get(line.key), place)) for line in lines
    )


def ports_shown(texts: Iterable[str], applied: ComponentSpec | None, place: Place | None) -> tuple[PortShown, ...]:
    """Each text with its link, where what is applied publishes just that."""
    result = reached(applied, place) if applied is not None and place is not None else {}
    return tuple(result.get(text, PortShown(text)) for text in texts)


def reached(applied: ComponentSpec, place: Place) -> Mapping[str, PortShown]:
    """The published tcp ports of one component, by their text."""
    result = {}
    for port, bindings in applied.ports.items():
        if not port.endswith("/tcp"):
            continue
        for binding in bindings:
            text = port_text(binding, port)
            address, _, number = binding.rpartition(":")
            if number.isdecimal():
                result[text] = _shown(text, address.strip("[]"), int(number), place)
    return result


def _shown(text: str, address: str, number: int, place: Place) -> PortShown:
    if address in LOOPBACK and not place.here:
        return PortShown(text, note=f"on {place.host} only")
    host = place.host if address in ANY | LOOPBACK else address
    scheme = "https" if number in HTTPS else "http"
    return PortShown(text, f"{scheme}://{f'[{host}]' if ':' in host else host}:{number}/")
