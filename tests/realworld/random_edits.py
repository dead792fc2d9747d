"""Anything an operator may do to a real document, drawn at random: what was changed, and what stands there then."""

from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

from pydantic import JsonValue

from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from templates_app.appspec.schema.serialize import tree
from templates_app.appspec.validation.validate import check

type Path = tuple[str, ...]
type Edit = tuple[Path, JsonValue]

_KINDS = ("change", "change", "change", "drop", "env", "label", "port", "mount", "needs", "remove", "own")


def edited(random: Random, spec: AppSpec, count: int) -> tuple[AppSpec, list[Edit]]:
    """The document after `count` edits that leave it whole, and the edits; None stands for nothing there."""
    created: list[Edit] = []
    now = spec
    for number in range(20 * count):
        path, value = _drawn(random, now, number)
        if len(created) >= count or any(overlap(path, item) for item, _ in created):
            continue
        after = _put(now, path, value)
        if after is not None and at(after, path) != at(spec, path):
            created += _places(spec, path, at(after, path))
            now = after
    return now, created


def at(spec: AppSpec, path: Path) -> JsonValue:
    """What stands at a place, None where nothing does."""
    value: JsonValue = tree(spec)
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def overlap(path: Path, other: Path) -> bool:
    """Whether one place is, or lies in, the other."""
    shorter = min(len(path), len(other))
    return path[:shorter] == other[:shorter]


def _drawn(random: Random, spec: AppSpec, number: int) -> Edit:
    key = random.choice(sorted(spec.components))
    root: Path = ("components", key)
    inside, value = random.choice([(path, item) for path, item in _leaves(tree(spec.components[key]), ()) if path])
    drawn: dict[str, Edit] = {
        "change": ((*root, *inside), _another(value, number)),
        "drop": ((*root, *inside[: random.randint(1, len(inside))]), None),
        "env": ((*root, "env", f"LOCAL_{number}"), "x"),
        "label": ((*root, "labels", f"local.{number}"), "x"),
        "port": ((*root, "ports", f"{9000 + number}/tcp"), {f"{20000 + number}": {}}),
        "mount": ((*root, "mounts", f"/local-{number}"), {"kind": "tmpfs"}),
        "needs": ((*root, "depends_on", random.choice(sorted(spec.components))), {"condition": "healthy"}),
        "remove": (root, None),
        "own": (("components", f"own-{number}"), {"image": "own:1", "depends_on": {key: {}}}),
    }
    return drawn[random.choice(_KINDS)]


def _another(value: JsonValue, number: int) -> JsonValue:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case list():
            return [f"local-{number}"]
    return f"local-{number}"


def _leaves(value: JsonValue, path: Path) -> Iterator[Edit]:
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from _leaves(item, (*path, name))
    else:
        yield path, value


def _put(spec: AppSpec, path: Path, value: JsonValue) -> AppSpec | None:
    """The document with that value there; None where it would not hold together."""
    document: Any = deepcopy(tree(spec))
    inside = document
    for step in path[:-1]:
        inside = inside.setdefault(step, {})
    if value is None:
        inside.pop(path[-1], None)
    else:
        inside[path[-1]] = value
    try:
        after = parse(document)
    except SpecError:
        return None
    return None if check(after) else after


def _places(spec: AppSpec, path: Path, value: JsonValue) -> list[Edit]:
    """A map that was emptied is each of its entries taken away: what is new in it later is nobody's local change."""
    was = at(spec, path)
    if value is None and isinstance(was, dict) and len(path) > 2:
        return [((*path, *inside), None) for inside, _ in _leaves(was, ())]
    return [(path, value)]
