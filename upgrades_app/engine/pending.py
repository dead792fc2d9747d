"""Edits that were never applied and that a plan does not apply either, put beside what it does."""

from collections.abc import Iterable

from templates_app.spec.change import FieldChange, Symbol, words
from templates_app.spec.diff import ComponentChange, compare
from upgrades_app.engine.plan import ComponentRow, FieldRow
from upgrades_app.engine.view import View
from upgrades_app.engine.words import DOTS, Wording

LEFT_OUT = "to leave it out"
NEVER_APPLIED = "yours, never applied; it stays pending"
NEVER_REMOVED = "your removal was never applied; it stays pending"


def with_pending(rows: Iterable[ComponentRow], there: View, desired: View) -> tuple[ComponentRow, ...]:
    """The rows, with what is desired beside what the target will have, and the components that are only desired."""
    rows = tuple(rows)
    if there is desired:
        return rows
    known = {row.key: row for row in rows}
    for change in compare(there.spec, desired.spec).components:
        if change.symbol is not Symbol.UNCHANGED:
            known[change.key] = _row(known.get(change.key), change, there, desired)
    return tuple(known[key] for key in sorted(known))


def with_pending_values(rows: Iterable[FieldRow], there: View, desired: View) -> tuple[FieldRow, ...]:
    """The same for parameters."""
    known = {row.label: row for row in rows}
    if there is desired:
        return tuple(known.values())
    for name, after in sorted({**desired.values, **dict.fromkeys(desired.secrets, DOTS)}.items()):
        before = there.values.get(name, DOTS if name in there.secrets else None)
        if after != before or desired.secrets.get(name) != there.secrets.get(name):
            row = known.get(name) or _same(("parameters", name), name, before)
            known[name] = row.model_copy(update={"pending_value": after})
    return tuple(known[name] for name in sorted(known))


def _row(row: ComponentRow | None, change: ComponentChange, there: View, desired: View) -> ComponentRow:
    if row is None:
        return ComponentRow(
            key=change.key, symbol=Symbol.UNCHANGED, impact="is not on the target", source=NEVER_APPLIED
        )
    if change.before is None:
        return row.model_copy(update={"source": NEVER_APPLIED})
    if change.after is None:
        return row.model_copy(update={"source": NEVER_REMOVED})
    fields = {field.path: field for field in row.fields}
    for one in change.changes:
        field = fields.get(one.path) or _same(one.path, words(one.path), _text(there, change, one, after=False))
        fields[one.path] = field.model_copy(update={"pending_value": _text(desired, change, one, after=True)})
    return row.model_copy(update={"fields": tuple(fields.values())})


def _text(side: View, change: ComponentChange, one: FieldChange, *, after: bool) -> str | None:
    component, value = (change.after, one.after) if after else (change.before, one.before)
    text = Wording.of(side).at(component, one.path, value)
    return LEFT_OUT if text is None and after else text


def _same(path: tuple[str, ...], label: str, text: str | None) -> FieldRow:
    return FieldRow(path=path, label=label, symbol=Symbol.UNCHANGED, before=text, after=text)
