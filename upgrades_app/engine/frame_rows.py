"""The part of the comparison that is about volumes and networks: which come, change and go."""

from pydantic import JsonValue

from templates_app.spec.change import FieldChange, Symbol, shown, words
from templates_app.spec.diff import Comparison
from upgrades_app.engine.row import FieldRow
from upgrades_app.engine.situation import Kind, Situation
from upgrades_app.engine.sources import Sources

THERE = "there already: its data is used"


def frame_rows(situation: Situation, comparison: Comparison, sources: Sources) -> tuple[FieldRow, ...]:
    """The volumes, then the networks; what an uninstall leaves behind is asked instead."""
    if situation.kind is Kind.UNINSTALL:
        return ()
    rows = (_row(change, sources.of(change.path)) for change in (*comparison.volumes, *comparison.networks))
    return tuple(row.model_copy(update={"after": THERE}) if _is_there(row, situation) else row for row in rows)


def _is_there(row: FieldRow, situation: Situation) -> bool:
    """Whether a volume that comes was kept when it went before."""
    return row.symbol == Symbol.ADDED and row.path[0] == "volumes" and row.path[-1] in situation.volumes


def _row(change: FieldChange, source: str) -> FieldRow:
    return FieldRow(
        path=change.path,
        label=words(change.path),
        symbol=change.symbol,
        before=None if change.symbol is Symbol.ADDED else _text(change.path, change.before),
        after=None if change.symbol is Symbol.REMOVED else _text(change.path, change.after),
        source=source,
        impact=change.impact,
    )


def _text(path: tuple[str, ...], value: JsonValue) -> str:
    """A whole volume or network by what is special about it."""
    if len(path) > 2 or not isinstance(value, dict):
        return shown(value)
    if value.get("external"):
        name = value.get("name") or path[1]
        return f"{name}, made by others"
    return shown(value) or "there"
