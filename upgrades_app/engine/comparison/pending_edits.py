"""Adds to the rows of a plan the edits that are desired and that the target does not have once it is done."""

from collections.abc import Iterable

from templates_app.appspec.diff.diff import ComponentChange, compare_specs
from templates_app.appspec.diff.field_change import FieldChange, Symbol, describe_path
from upgrades_app.engine.comparison.redaction import DOTS, Redactor
from upgrades_app.engine.inputs.message import MessageCode, build_message
from upgrades_app.engine.inputs.plan_rows import ComponentRow, FieldRow, PendingState, Provenance, ValueProvenance
from upgrades_app.engine.inputs.rendered_side import RenderedSide


def add_pending_edits(
    rows: Iterable[ComponentRow], now: RenderedSide, rendered: RenderedSide, desired: RenderedSide
) -> tuple[ComponentRow, ...]:
    """Return the rows with the desired values that differ from the target's, and the components that are only desired.

    A desired value that the target has `now` was applied by what the rollback reverts.
    """
    rows = tuple(rows)
    if rendered is desired:
        return rows
    known = {row.key: row for row in rows}
    missing = {item.key: item for item in compare_specs(now.spec, desired.spec).components}
    for change in compare_specs(rendered.spec, desired.spec).components:
        if change.symbol is not Symbol.UNCHANGED:
            known[change.key] = _build_row(known.get(change.key), change, missing.get(change.key), rendered, desired)
    return tuple(known[key] for key in sorted(known))


def add_pending_values(
    rows: Iterable[FieldRow], now: RenderedSide, rendered: RenderedSide, desired: RenderedSide
) -> tuple[FieldRow, ...]:
    """Return the parameter rows with the desired values that differ from the target's."""
    known = {row.label: row for row in rows}
    if rendered is desired:
        return tuple(known.values())
    for name, after in sorted({**desired.values, **dict.fromkeys(desired.secrets, DOTS)}.items()):
        before = _get_value(rendered, name)
        if after != before or desired.secrets.get(name) != rendered.secrets.get(name):
            row = known.get(name) or _build_unchanged_row(("parameters", name), name, before)
            is_repeated = (after, desired.secrets.get(name)) == (_get_value(now, name), now.secrets.get(name))
            known[name] = _set_pending(row, after, is_reverted=is_repeated)
    return tuple(known[name] for name in sorted(known))


def _build_row(
    row: ComponentRow | None,
    change: ComponentChange,
    missing: ComponentChange | None,
    rendered: RenderedSide,
    desired: RenderedSide,
) -> ComponentRow:
    """`missing` is the change from the applied to the desired component, if any."""
    if row is None:
        effect = build_message(MessageCode.STEP_NOT_ON_TARGET)
        provenance = ValueProvenance(kind=Provenance.NEVER_APPLIED)
        return ComponentRow(key=change.key, symbol=Symbol.UNCHANGED, effect=effect, provenance=provenance)
    if change.before is None:
        was_applied = missing is not None and missing.before is not None
        return _set_provenance(row, Provenance.APPLIED_SINCE if was_applied else Provenance.NEVER_APPLIED)
    if change.after is None:
        return _set_provenance(row, Provenance.REMOVED_SINCE if missing is None else Provenance.NEVER_REMOVED)
    fields = {field.path: field for field in row.fields}
    for item in change.changes:
        field = fields.get(item.path) or _build_unchanged_row(
            item.path, describe_path(item.path), _format_text(rendered, change, item, after=False)
        )
        text = _format_text(desired, change, item, after=True)
        fields[item.path] = _set_pending(field, text, is_reverted=not _is_missing(missing, item.path))
    return row.model_copy(update={"fields": tuple(fields.values())})


def _set_provenance(row: ComponentRow, kind: Provenance) -> ComponentRow:
    return row.model_copy(update={"provenance": ValueProvenance(kind=kind)})


def _set_pending(row: FieldRow, value: str | None, *, is_reverted: bool) -> FieldRow:
    state = PendingState.REVERTED if is_reverted else PendingState.NEVER_APPLIED
    return row.model_copy(update={"pending": state, "pending_value": value})


def _is_missing(change: ComponentChange | None, path: tuple[str, ...]) -> bool:
    """Whether anything at, below or above that path is not applied now."""
    if change is None or change.before is None:
        return True
    return any(item.path[: len(path)] == path[: len(item.path)] for item in change.changes)


def _get_value(side: RenderedSide, name: str) -> str | None:
    return side.values.get(name, DOTS if name in side.secrets else None)


def _format_text(side: RenderedSide, change: ComponentChange, item: FieldChange, *, after: bool) -> str | None:
    component, value = (change.after, item.after) if after else (change.before, item.before)
    return Redactor.from_rendered(side).redact_at(component, item.path, value)


def _build_unchanged_row(path: tuple[str, ...], label: str, text: str | None) -> FieldRow:
    return FieldRow(path=path, label=label, symbol=Symbol.UNCHANGED, before=text, after=text)
