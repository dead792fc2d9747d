"""The comparison as the details page shows it: rendered text of both sides, and where the new one came from."""

from collections.abc import Iterator

from pydantic import JsonValue

from templates_app.appspec.diff.diff import Comparison, ComponentChange, component_change
from templates_app.appspec.diff.field_change import FieldChange, Symbol, shown, words
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.field_meta import Impact
from templates_app.appspec.schema.model import Parameter
from upgrades_app.engine.comparison.provenance import BEFORE, FROM_TEMPLATE, KEPT, PENDING, YOUR_CHANGE, Sources
from upgrades_app.engine.comparison.redaction import DOTS, Wording
from upgrades_app.engine.inputs.plan_rows import IT_WAS, TEMPLATE_HAS, ComponentRow, FieldRow
from upgrades_app.engine.inputs.planning_input import Kind, Situation
from upgrades_app.engine.inputs.rendered_side import View
from upgrades_app.engine.planning.merge_sides import Combined
from upgrades_app.engine.planning.plan import Action
from upgrades_app.engine.planning.steps import Work, phrase

_NEW = ComponentSpec()


def component_rows(
    situation: Situation, todo: Work, applied: View, merged: View, sources: Sources
) -> tuple[ComponentRow, ...]:
    """Every component of either side, in the order of their keys."""
    rows = _Rows(situation, todo, applied, merged, sources)
    return tuple(rows.component(change) for change in todo.comparison.components)


class _Rows:
    def __init__(self, situation: Situation, todo: Work, applied: View, merged: View, sources: Sources) -> None:
        self.situation, self.todo, self.sources = situation, todo, sources
        self.applied, self.merged = applied, merged
        self.old, self.new = Wording.of(applied), Wording.of(merged)

    def component(self, change: ComponentChange) -> ComponentRow:
        changed = [self.field(item, change) for item in self.changes(change)]
        changed += [self.secret(name) for name in self.todo.secrets.get(change.key, ())]
        observed = {row.path for row in changed}
        remaining = [row for row in self.kept(change) if row.path not in observed]
        return ComponentRow(
            key=change.key,
            symbol=self.symbol(change),
            impact=phrase(self.situation, self.todo, change.key),
            data_at_risk=change.data_at_risk,
            source=self.source(change),
            fields=(*changed, *remaining),
        )

    def changes(self, change: ComponentChange) -> tuple[FieldChange, ...]:
        if change.after is None:
            return ()
        if change.before is None:
            return component_change(change.key, _NEW, change.after).changes
        return self.todo.changes(change)

    def symbol(self, change: ComponentChange) -> str:
        if change.before is None or change.after is None:
            return change.symbol
        match self.todo.actions[change.key]:
            case Action.NOTHING:
                return Symbol.UNCHANGED
            case Action.RECREATE if self.situation.runs:
                return Symbol.REPLACED
        return Symbol.CHANGED

    def source(self, change: ComponentChange) -> str:
        """Where a component as a whole came from or went to."""
        if change.before is None or change.after is None:
            return self.sources.of(("components", change.key))
        return self.sources.of_whole(change.key)

    @property
    def template_has(self) -> str:
        return IT_WAS if self.situation.kind is Kind.ROLLBACK else TEMPLATE_HAS

    def field(self, item: FieldChange, change: ComponentChange) -> FieldRow:
        before = self.old.at(change.before, item.path, item.before)
        after = self.new.at(change.after, item.path, item.after)
        hidden = before == after and DOTS in (before or "")
        return FieldRow(
            path=item.path,
            label=words(item.path),
            symbol=item.symbol,
            before=before,
            after="changed" if hidden else after,
            source=self.sources.of(item.path),
            template_value=self.sources.template_value(item.path),
            template_has=self.template_has,
            impact=item.impact,
            secret=hidden,
        )

    def secret(self, name: str) -> FieldRow:
        path = ("parameters", name)
        return FieldRow(
            path=path,
            label=f"secret {name}",
            symbol=Symbol.CHANGED,
            before=DOTS,
            after="changed",
            impact=Impact.RECREATE,
            secret=True,
        )

    def kept(self, change: ComponentChange) -> Iterator[FieldRow]:
        """What is decided without that the target sees it: local changes that stay."""
        component = self.merged.raw.components.get(change.key)
        for decision, source in self.sources.kept(change.key):
            if len(decision.path) > 2:
                text = self.new.at(component, decision.path, decision.result)
                yield FieldRow(
                    path=self.sources.rendered(decision.path),
                    label=words(self.sources.rendered(decision.path)),
                    symbol=Symbol.UNCHANGED,
                    before=text,
                    after=text,
                    source=source,
                    template_value=self.sources.their_text(decision),
                    template_has=self.template_has,
                )


THERE = "there already: its data is used"


def frame_rows(situation: Situation, comparison: Comparison, sources: Sources) -> tuple[FieldRow, ...]:
    """The volumes, then the networks; what an uninstall leaves behind is asked instead."""
    if situation.kind is Kind.UNINSTALL:
        return ()
    rows = (_definition_row(change, sources.of(change.path)) for change in (*comparison.volumes, *comparison.networks))
    return tuple(row.model_copy(update={"after": THERE}) if _is_there(row, situation) else row for row in rows)


def _is_there(row: FieldRow, situation: Situation) -> bool:
    """Whether a volume that comes was kept when it went before."""
    return row.symbol == Symbol.ADDED and row.path[0] == "volumes" and row.path[-1] in situation.volumes


def _definition_row(change: FieldChange, source: str) -> FieldRow:
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


def parameter_rows(situation: Situation, combined: Combined, applied: View, merged: View) -> tuple[FieldRow, ...]:
    """The parameters whose value moves, those that were set here while the version has another value now, and the
    values that go because their parameter does."""
    if situation.kind is Kind.UNINSTALL:
        return ()
    rows = _ParameterRows(situation, combined, applied, merged)
    names = sorted({*applied.raw.parameters, *merged.raw.parameters, *rows.dropped})
    return tuple(row for name in names if (row := rows.row(name)) is not None)


class _ParameterRows:
    def __init__(self, situation: Situation, combined: Combined, applied: View, merged: View) -> None:
        self.situation, self.applied, self.merged = situation, applied, merged
        provided = situation.answers.values.keys() | situation.answers.secrets.keys()
        self.dropped = frozenset(combined.dropped_values) - provided

    def row(self, name: str) -> FieldRow | None:
        if name in self.dropped:
            return self.gone(name)
        sides = (self.applied.raw.parameters.get(name), self.merged.raw.parameters.get(name))
        if any(side is not None and side.secret for side in sides):
            return self.sealed(name)
        return self.open(name, *sides)

    def gone(self, name: str) -> FieldRow:
        """A value that was set here and that nothing takes any more."""
        value = self.situation.desired.values.get(name)
        missing = "there was none before" if self.situation.kind is Kind.ROLLBACK else "the template has none any more"
        shown = DOTS if value is None else value
        return _parameter_row(name, Symbol.REMOVED, shown, None, f"yours, and {missing}", secret=value is None)

    def open(self, name: str, old: Parameter | None, new: Parameter | None) -> FieldRow | None:
        before, after = self.applied.values.get(name), self.merged.values.get(name)
        if new is None or after is None:
            return None if before is None else _parameter_row(name, Symbol.REMOVED, before, None, "")
        own = not new.fixed and after != new.default
        if before == after and not (own and old is not None and new.default != old.default):
            return None
        symbol = Symbol.UNCHANGED if before == after else Symbol.ADDED if before is None else Symbol.CHANGED
        row = _parameter_row(name, symbol, before, after, self.source(name, own=own, moves=before != after))
        return row.model_copy(update={"template_value": new.default}) if own and row.source != BEFORE else row

    def source(self, name: str, *, own: bool, moves: bool) -> str:
        if name in self.situation.answers.values:
            return "your answer"
        if self.situation.kind is Kind.ROLLBACK and moves:
            return BEFORE
        if self.situation.kind is Kind.CHANGE:
            return YOUR_CHANGE
        if not own:
            return FROM_TEMPLATE
        return PENDING if moves else KEPT

    def sealed(self, name: str) -> FieldRow | None:
        before, after = self.applied.secrets.get(name), self.merged.secrets.get(name)
        parameter = self.merged.raw.parameters.get(name)
        if parameter is None:
            return _parameter_row(name, Symbol.REMOVED, DOTS, None, "", secret=True) if before is not None else None
        if before is None:
            text = DOTS if after is not None else "made up when it runs" if parameter.generate else "nothing yet"
            return _parameter_row(name, Symbol.ADDED, None, text, "", secret=True)
        return _parameter_row(name, Symbol.CHANGED, DOTS, "changed", "", secret=True) if before != after else None


def _parameter_row(
    name: str, symbol: Symbol, before: str | None, after: str | None, source: str, *, secret: bool = False
) -> FieldRow:
    return FieldRow(
        path=("parameters", name),
        label=name,
        symbol=symbol,
        before=before,
        after=after,
        source=source,
        secret=secret,
    )
