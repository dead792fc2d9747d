"""A comparison in one line: "+ redis   ~ worker WORKERS 2 → 4   − web OLD_CACHE_DIR"."""

from __future__ import annotations

from collections.abc import Iterator

from templates_app.spec.change import FieldChange, Symbol, shown
from templates_app.spec.diff import Comparison, ComponentChange


def headline(comparison: Comparison) -> str:
    """Components that come and go, then each variable that differs."""
    whole = [one for one in comparison.components if one.before is None or one.after is None]
    fields = [(one, change) for one in comparison.components if one not in whole for change in one.changes]
    changed = [_field(one, change) for one, change in fields if change.path[2] == "env"]
    return "   ".join([*_whole(whole), *sorted(changed, key=lambda line: "+~−".index(line[0]))])


def _whole(components: list[ComponentChange]) -> Iterator[str]:
    for one in components:
        yield f"{one.symbol} {one.key}"


def _field(component: ComponentChange, change: FieldChange) -> str:
    place = f"{change.symbol} {component.key} {change.path[-1]}"
    if change.symbol is Symbol.CHANGED:
        return f"{place} {shown(change.before)} → {shown(change.after)}"
    return f"{place} {shown(change.after)}" if change.symbol is Symbol.ADDED else place
