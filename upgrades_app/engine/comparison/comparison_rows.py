"""Rows of the comparison: rendered text of both sides, and the provenance of the new one."""

from collections.abc import Iterator

from pydantic import JsonValue

from templates_app.appspec.diff.diff import ComponentChange, SpecDiff, compare_component
from templates_app.appspec.diff.field_change import FieldChange, Symbol, describe_path, format_value
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.field_meta import Impact
from templates_app.appspec.schema.model import Parameter
from upgrades_app.engine.comparison.provenance import ProvenanceIndex
from upgrades_app.engine.comparison.redaction import DOTS, Redactor
from upgrades_app.engine.inputs.message import MessageCode
from upgrades_app.engine.inputs.plan_rows import (
    ComponentRow,
    FieldRow,
    OtherSide,
    Provenance,
    ValueProvenance,
)
from upgrades_app.engine.inputs.planning_input import OperationKind, PlanningInput
from upgrades_app.engine.inputs.rendered_side import RenderedSide
from upgrades_app.engine.planning.merge_sides import MergeResult
from upgrades_app.engine.planning.plan import StepAction
from upgrades_app.engine.planning.steps import PlannedActions, build_reason

_NEW = ComponentSpec()


def build_component_rows(
    planning_input: PlanningInput,
    planned: PlannedActions,
    applied: RenderedSide,
    merged: RenderedSide,
    sources: ProvenanceIndex,
) -> tuple[ComponentRow, ...]:
    """Every component of either side, in the order of their keys."""
    rows = _ComponentRows(planning_input, planned, applied, merged, sources)
    return tuple(rows.build_component(change) for change in planned.comparison.components)


class _ComponentRows:
    def __init__(
        self,
        planning_input: PlanningInput,
        planned: PlannedActions,
        applied: RenderedSide,
        merged: RenderedSide,
        sources: ProvenanceIndex,
    ) -> None:
        self.planning_input, self.planned, self.sources = planning_input, planned, sources
        self.applied, self.merged = applied, merged
        self.old, self.new = Redactor.from_rendered(applied), Redactor.from_rendered(merged)

    def build_component(self, change: ComponentChange) -> ComponentRow:
        changed = [self.build_field(item, change) for item in self.list_changes(change)]
        changed += [self.build_secret_field(name) for name in self.planned.secrets.get(change.key, ())]
        observed = {row.path for row in changed}
        remaining = [row for row in self.list_kept(change) if row.path not in observed]
        return ComponentRow(
            key=change.key,
            symbol=self.choose_symbol(change),
            effect=build_reason(self.planning_input, self.planned, change.key),
            data_at_risk=change.data_at_risk,
            provenance=self.get_component_provenance(change),
            fields=(*changed, *remaining),
        )

    def list_changes(self, change: ComponentChange) -> tuple[FieldChange, ...]:
        if change.after is None:
            return ()
        if change.before is None:
            return compare_component(change.key, _NEW, change.after).changes
        return self.planned.changes(change)

    def choose_symbol(self, change: ComponentChange) -> str:
        if change.before is None or change.after is None:
            return change.symbol
        match self.planned.actions[change.key]:
            case StepAction.NOTHING:
                return Symbol.UNCHANGED
            case StepAction.RECREATE if self.planning_input.starts_containers:
                return Symbol.REPLACED
        return Symbol.CHANGED

    def get_component_provenance(self, change: ComponentChange) -> ValueProvenance:
        """Return the provenance of a component as a whole."""
        if change.before is None or change.after is None:
            return self.sources.get_provenance(("components", change.key))
        return self.sources.get_component_provenance(change.key)

    @property
    def other_side(self) -> OtherSide:
        return OtherSide.PREVIOUS if self.planning_input.kind is OperationKind.ROLLBACK else OtherSide.TEMPLATE

    def build_field(self, item: FieldChange, change: ComponentChange) -> FieldRow:
        before = self.old.redact_at(change.before, item.path, item.before)
        after = self.new.redact_at(change.after, item.path, item.after)
        hidden = before == after and DOTS in (before or "")
        return FieldRow(
            path=item.path,
            label=describe_path(item.path),
            symbol=item.symbol,
            before=before,
            after=None if hidden else after,
            after_code=MessageCode.SECRET_CHANGED if hidden else None,
            provenance=self.sources.get_provenance(item.path),
            other_value=self.sources.get_template_value(item.path),
            other_side=self.other_side,
            impact=item.impact,
            secret=hidden,
        )

    def build_secret_field(self, name: str) -> FieldRow:
        path = ("parameters", name)
        return FieldRow(
            path=path,
            label=name,
            symbol=Symbol.CHANGED,
            before=DOTS,
            after_code=MessageCode.SECRET_CHANGED,
            impact=Impact.RECREATE,
            secret=True,
            is_component_secret=True,
        )

    def list_kept(self, change: ComponentChange) -> Iterator[FieldRow]:
        """Yield local changes that are kept and do not change the target."""
        component = self.merged.raw.components.get(change.key)
        for decision, provenance in self.sources.list_kept(change.key):
            if len(decision.path) > 2:
                text = self.new.redact_at(component, decision.path, decision.result)
                yield FieldRow(
                    path=self.sources.render_path(decision.path),
                    label=describe_path(self.sources.render_path(decision.path)),
                    symbol=Symbol.UNCHANGED,
                    before=text,
                    after=text,
                    provenance=provenance,
                    other_value=self.sources.get_their_text(decision),
                    other_side=self.other_side,
                )


def build_definition_rows(
    planning_input: PlanningInput, comparison: SpecDiff, sources: ProvenanceIndex
) -> tuple[FieldRow, ...]:
    """Return the rows of volumes, then of networks. An uninstall has none: its volumes are questions."""
    if planning_input.kind is OperationKind.UNINSTALL:
        return ()
    rows = (
        _build_definition_row(change, sources.get_provenance(change.path))
        for change in (*comparison.volumes, *comparison.networks)
    )
    return tuple(
        row.model_copy(update={"after": None, "after_code": MessageCode.VOLUME_EXISTS})
        if _exists(row, planning_input)
        else row
        for row in rows
    )


def _exists(row: FieldRow, planning_input: PlanningInput) -> bool:
    """Whether an added volume already exists, because it was kept when it was removed before."""
    return row.symbol == Symbol.ADDED and row.path[0] == "volumes" and row.path[-1] in planning_input.volumes


def _build_definition_row(change: FieldChange, provenance: ValueProvenance) -> FieldRow:
    return FieldRow(
        path=change.path,
        label=describe_path(change.path),
        symbol=change.symbol,
        before=None if change.symbol is Symbol.ADDED else _format_definition(change.path, change.before),
        after=None if change.symbol is Symbol.REMOVED else _format_definition(change.path, change.after),
        provenance=provenance,
        impact=change.impact,
    )


def _format_definition(path: tuple[str, ...], value: JsonValue) -> str:
    """Return a volume or network by its options."""
    if len(path) > 2 or not isinstance(value, dict):
        return format_value(value)
    if value.get("external"):
        name = value.get("name") or path[1]
        return f"{name}, external"
    return format_value(value) or "default"


def build_parameter_rows(
    planning_input: PlanningInput, merge: MergeResult, applied: RenderedSide, merged: RenderedSide
) -> tuple[FieldRow, ...]:
    """Return the parameters whose value changes, local values that differ from the version's, and the values of removed
    parameters."""
    if planning_input.kind is OperationKind.UNINSTALL:
        return ()
    rows = _ParameterRows(planning_input, merge, applied, merged)
    names = sorted({*applied.raw.parameters, *merged.raw.parameters, *rows.dropped})
    return tuple(row for name in names if (row := rows.build_row(name)) is not None)


class _ParameterRows:
    def __init__(
        self, planning_input: PlanningInput, merge: MergeResult, applied: RenderedSide, merged: RenderedSide
    ) -> None:
        self.planning_input, self.applied, self.merged = planning_input, applied, merged
        provided = planning_input.answers.values.keys() | planning_input.answers.secrets.keys()
        self.dropped = frozenset(merge.dropped_values) - provided

    def build_row(self, name: str) -> FieldRow | None:
        if name in self.dropped:
            return self.build_removed_row(name)
        sides = (self.applied.raw.parameters.get(name), self.merged.raw.parameters.get(name))
        if any(side is not None and side.secret for side in sides):
            return self.build_sealed_row(name)
        return self.build_open_row(name, *sides)

    def build_removed_row(self, name: str) -> FieldRow:
        """A value that was set here and whose parameter no longer exists."""
        value = self.planning_input.desired.values.get(name)
        is_rollback = self.planning_input.kind is OperationKind.ROLLBACK
        provenance = Provenance.ABSENT_BEFORE if is_rollback else Provenance.DROPPED_BY_TEMPLATE
        shown = DOTS if value is None else value
        return _build_parameter_row(name, Symbol.REMOVED, shown, None, provenance, secret=value is None)

    def build_open_row(self, name: str, old: Parameter | None, new: Parameter | None) -> FieldRow | None:
        before, after = self.applied.values.get(name), self.merged.values.get(name)
        if new is None or after is None:
            return None if before is None else _build_parameter_row(name, Symbol.REMOVED, before, None)
        own = not new.fixed and after != new.default
        if before == after and not (own and old is not None and new.default != old.default):
            return None
        symbol = Symbol.UNCHANGED if before == after else Symbol.ADDED if before is None else Symbol.CHANGED
        provenance = self.get_provenance(name, own=own, changes=before != after)
        row = _build_parameter_row(name, symbol, before, after, provenance)
        return (
            row.model_copy(update={"other_value": new.default})
            if own and provenance is not Provenance.PREVIOUS
            else row
        )

    def get_provenance(self, name: str, *, own: bool, changes: bool) -> Provenance:
        if name in self.planning_input.answers.values:
            return Provenance.ANSWER
        if self.planning_input.kind is OperationKind.ROLLBACK and changes:
            return Provenance.PREVIOUS
        if self.planning_input.kind is OperationKind.CHANGE:
            return Provenance.EDIT
        if not own:
            return Provenance.TEMPLATE
        return Provenance.LOCAL_PENDING if changes else Provenance.LOCAL_KEPT

    def build_sealed_row(self, name: str) -> FieldRow | None:
        before, after = self.applied.secrets.get(name), self.merged.secrets.get(name)
        parameter = self.merged.raw.parameters.get(name)
        if parameter is None:
            return None if before is None else _build_parameter_row(name, Symbol.REMOVED, DOTS, None, secret=True)
        if before is None:
            code = None if after is not None else MessageCode.GENERATED if parameter.generate else MessageCode.NO_VALUE
            text = None if after is None else DOTS
            return _build_parameter_row(name, Symbol.ADDED, None, text, code=code, secret=True)
        if before == after:
            return None
        return _build_parameter_row(name, Symbol.CHANGED, DOTS, None, code=MessageCode.SECRET_CHANGED, secret=True)


def _build_parameter_row(
    name: str,
    symbol: Symbol,
    before: str | None,
    after: str | None,
    provenance: Provenance = Provenance.NONE,
    *,
    code: MessageCode | None = None,
    secret: bool = False,
) -> FieldRow:
    return FieldRow(
        path=("parameters", name),
        label=name,
        symbol=symbol,
        before=before,
        after=after,
        after_code=code,
        provenance=ValueProvenance(kind=provenance),
        secret=secret,
    )
