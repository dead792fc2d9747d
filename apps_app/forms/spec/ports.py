"""Ports as rows: one for each address at which a port is published, or one that is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from apps_app.forms.rows import ANY
from apps_app.forms.spec.tables import Entry
from templates_app.spec.dump import Tree


def port_entries(value: Mapping[str, JsonValue]) -> list[Entry]:
    found = []
    for port, bindings in value.items():
        options = bindings if isinstance(bindings, dict) else {}
        found += [Entry(port, {"published": at or ANY, **_tree(one)}) for at, one in options.items()]
        found += [] if options else [Entry(port, {})]
    return found


def ports_of(entries: Iterable[Entry]) -> Tree:
    ports: dict[str, dict[str, JsonValue]] = {}
    for one in entries:
        bindings = ports.setdefault(one.lead, {})
        published = one.record.get("published")
        if isinstance(published, str) and published:
            rest = {name: value for name, value in one.record.items() if name != "published"}
            bindings["" if published == ANY else published] = rest
    return dict(ports)


def port_key(text: str) -> str:
    """ "80" is 80/tcp."""
    text = text.strip()
    return f"{int(text)}/tcp" if re.fullmatch(r"[0-9]{1,5}", text) else text


def _tree(value: JsonValue) -> Tree:
    return value if isinstance(value, dict) else {}
