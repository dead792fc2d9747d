"""One canonical file laid over another, by Compose's rules."""

from collections.abc import Callable, Iterable

from pydantic import JsonValue

from apps_app.formats.compose.source_file import Tree, as_map
from apps_app.formats.compose.yaml_loader import Place

_REPLACED = {"command", "entrypoint"}
_BY_TARGET = {"volumes", "configs", "secrets", "tmpfs"}
_UNIQUE = {"cap_add", "cap_drop", "dns", "dns_opt", "dns_search", "expose", "links", "profiles", "extra_hosts"}


def override(base: Tree, over: Tree) -> Tree:
    """The whole project: `over` laid over `base`, both canonical."""
    sections = base | over
    return {section: _section(section, as_map(base.get(section)), as_map(over.get(section))) for section in sections}


def _section(section: str, base: Tree, over: Tree) -> Tree:
    merged: Tree = dict(base)
    for name, value in over.items():
        known = merged.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            merged[name] = override_service(known, value) if section == "services" else _entry(known, value)
        elif name not in merged or value is not None:
            merged[name] = value
    return merged


def override_service(base: Tree, over: Tree) -> Tree:
    """One service laid over another, as `extends` and several files do."""
    merged: Tree = dict(base)
    for key, value in over.items():
        merged[key] = _key(key, merged[key], value) if key in merged else value
    return merged


def _key(key: str, base: JsonValue, over: JsonValue) -> JsonValue:
    if key in _REPLACED:
        return over
    if key == "ulimits":
        return as_map(base) | as_map(over)
    if key == "logging" and isinstance(base, dict) and isinstance(over, dict):
        drivers = {base.get("driver", over.get("driver")), over.get("driver", base.get("driver"))}
        return _deep(base, over) if len(drivers) == 1 else over
    if key == "healthcheck" and isinstance(base, dict) and isinstance(over, dict):
        return _deep({name: value for name, value in base.items() if name != "test" or "test" not in over}, over)
    if isinstance(base, list) and isinstance(over, list):
        return _joined(key, base, over)
    return _deep(base, over)


def _deep(base: JsonValue, over: JsonValue) -> JsonValue:
    if over is None:
        return base
    if isinstance(base, dict) and isinstance(over, dict):
        merged: Tree = dict(base)
        for key, value in over.items():
            merged[key] = _deep(merged[key], value) if key in merged else value
        return merged
    return [*base, *over] if isinstance(base, list) and isinstance(over, list) else over


def _entry(base: Tree, over: Tree) -> Tree:
    merged = _deep(base, over)
    ipam = as_map(merged).get("ipam")
    if isinstance(ipam, dict) and isinstance(ipam.get("config"), list):
        configs = _unique(ipam["config"], lambda value: str(as_map(value).get("subnet")))
        return {**as_map(merged), "ipam": {**ipam, "config": configs}}
    return as_map(merged)


def _joined(key: str, base: list[JsonValue], over: list[JsonValue]) -> JsonValue:
    complete = [*base, *over]
    if key == "ports":
        return _unique(complete, _port_identity)
    if key in _BY_TARGET:
        return _unique(complete, _target)
    return _unique(complete, str) if key in _UNIQUE else complete


def _unique(entries: JsonValue, identity: Callable[[JsonValue], str]) -> JsonValue:
    """The last of each identity, at the place of its first."""
    result: dict[str, JsonValue] = {}
    for entry in entries if isinstance(entries, list) else ():
        result[identity(entry)] = entry
    return list(result.values())


def _port_identity(port: JsonValue) -> str:
    tree = as_map(port)
    address = str(tree.get("binding")).removeprefix("0.0.0.0:")
    return f"{address}:{tree.get('target')}/{tree.get('protocol')}"


def _target(use: JsonValue) -> str:
    tree = as_map(use)
    return str(tree.get("target") or tree.get("source"))


def without(base: Tree, places: Iterable[Place]) -> Tree:
    """The tree without what a later file resets or replaces whole."""
    for place in sorted(places, key=len, reverse=True):
        base = _without(base, place)
    return base


def _without(tree: Tree, place: Place) -> Tree:
    if not place or place[0] not in tree:
        return tree
    head = str(place[0])
    if len(place) == 1:
        return {key: value for key, value in tree.items() if key != head}
    below = tree[head]
    return {**tree, head: _without(below, place[1:])} if isinstance(below, dict) else tree
