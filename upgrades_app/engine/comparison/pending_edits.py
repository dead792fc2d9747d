"""Edits that are desired and that the target does not have after a plan, put beside what it does."""

from collections.abc import Iterable, Iterator

from templates_app.appspec.diff.diff import ComponentChange, compare
from templates_app.appspec.diff.field_change import FieldChange, Symbol, words
from upgrades_app.engine.comparison.redaction import DOTS, Wording
from upgrades_app.engine.inputs.plan_rows import ComponentRow, FieldRow
from upgrades_app.engine.inputs.rendered_side import View

LONGEST = 80
"""A longer text is not repeated in a sentence."""
LEFT_OUT = "to leave it out"
NEVER_APPLIED = "yours, never applied; it stays pending"
NEVER_REMOVED = "your removal was never applied; it stays pending"
APPLIED_SINCE = "yours, applied with the upgrade; it becomes pending again"
REMOVED_SINCE = "your removal was applied with the upgrade; it becomes pending again"
_WHOLE = {
    NEVER_APPLIED: "Stays pending:",
    APPLIED_SINCE: "Becomes pending again:",
    NEVER_REMOVED: "Stays pending: the removal of",
    REMOVED_SINCE: "Becomes pending again: the removal of",
}


def with_pending(rows: Iterable[ComponentRow], now: View, rendered: View, desired: View) -> tuple[ComponentRow, ...]:
    """The rows, with what is desired beside what the target will have, and the components that are only desired.

    What the target has `now` as it is desired was applied by what is taken back.
    """
    rows = tuple(rows)
    if rendered is desired:
        return rows
    known = {row.key: row for row in rows}
    missing = {item.key: item for item in compare(now.spec, desired.spec).components}
    for change in compare(rendered.spec, desired.spec).components:
        if change.symbol is not Symbol.UNCHANGED:
            known[change.key] = _row(known.get(change.key), change, missing.get(change.key), rendered, desired)
    return tuple(known[key] for key in sorted(known))


def with_pending_values(rows: Iterable[FieldRow], now: View, rendered: View, desired: View) -> tuple[FieldRow, ...]:
    """The same for parameters."""
    known = {row.label: row for row in rows}
    if rendered is desired:
        return tuple(known.values())
    for name, after in sorted({**desired.values, **dict.fromkeys(desired.secrets, DOTS)}.items()):
        before = _value(rendered, name)
        if after != before or desired.secrets.get(name) != rendered.secrets.get(name):
            row = known.get(name) or _same(("parameters", name), name, before)
            is_repeated = (after, desired.secrets.get(name)) == (_value(now, name), now.secrets.get(name))
            known[name] = row.model_copy(update={"pending_value": after, "pending_again": is_repeated})
    return tuple(known[name] for name in sorted(known))


def waiting_in(row: ComponentRow) -> Iterator[str]:
    """What of a component is desired otherwise than the target has it then, one sentence each."""
    if text := _WHOLE.get(row.source):
        yield f"{text} {row.key}"
    yield from waiting(row.fields, row.key)


def waiting(fields: Iterable[FieldRow], key: str = "") -> Iterator[str]:
    """ "Stays pending: db env TZ UTC", of each field that is desired otherwise; `key` is the component they are of."""
    for row in fields:
        if row.pending_value is not None:
            text = row.pending_value if len(row.pending_value) <= LONGEST and "\n" not in row.pending_value else ""
            verb = "Becomes pending again" if row.pending_again else "Stays pending"
            yield f"{verb}: {' '.join(filter(None, [key, row.label, text]))}"


def _row(
    row: ComponentRow | None, change: ComponentChange, missing: ComponentChange | None, rendered: View, desired: View
) -> ComponentRow:
    """`missing` is what is desired and not applied now, if it is there at all."""
    if row is None:
        return ComponentRow(
            key=change.key, symbol=Symbol.UNCHANGED, impact="is not on the target", source=NEVER_APPLIED
        )
    if change.before is None:
        is_repeated = missing is not None and missing.before is not None
        return row.model_copy(update={"source": APPLIED_SINCE if is_repeated else NEVER_APPLIED})
    if change.after is None:
        return row.model_copy(update={"source": REMOVED_SINCE if missing is None else NEVER_REMOVED})
    fields = {field.path: field for field in row.fields}
    for item in change.changes:
        field = fields.get(item.path) or _same(item.path, words(item.path), _text(rendered, change, item, after=False))
        text = _text(desired, change, item, after=True)
        update = {"pending_value": text, "pending_again": not _is_missing(missing, item.path)}
        fields[item.path] = field.model_copy(update=update)
    return row.model_copy(update={"fields": tuple(fields.values())})


def _is_missing(change: ComponentChange | None, path: tuple[str, ...]) -> bool:
    """Whether anything at that place, in it or around it is not applied now."""
    if change is None or change.before is None:
        return True
    return any(item.path[: len(path)] == path[: len(item.path)] for item in change.changes)


def _value(side: View, name: str) -> str | None:
    return side.values.get(name, DOTS if name in side.secrets else None)


def _text(side: View, change: ComponentChange, item: FieldChange, *, after: bool) -> str | None:
    component, value = (change.after, item.after) if after else (change.before, item.before)
    text = Wording.of(side).at(component, item.path, value)
    return LEFT_OUT if text is None and after else text


def _same(path: tuple[str, ...], label: str, text: str | None) -> FieldRow:
    return FieldRow(path=path, label=label, symbol=Symbol.UNCHANGED, before=text, after=text)
