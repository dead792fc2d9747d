"""The part of the comparison that is about parameters: whose value moves, and which were set here."""

from templates_app.spec.change import Symbol
from templates_app.spec.model import Parameter
from upgrades_app.engine.combine import Combined
from upgrades_app.engine.row import FieldRow
from upgrades_app.engine.situation import Kind, Situation
from upgrades_app.engine.sources import BEFORE, FROM_TEMPLATE, KEPT, PENDING, YOUR_CHANGE
from upgrades_app.engine.view import View
from upgrades_app.engine.words import DOTS


def parameter_rows(situation: Situation, combined: Combined, applied: View, merged: View) -> tuple[FieldRow, ...]:
    """The parameters whose value moves, those that were set here while the version has another value now, and the
    values that go because their parameter does."""
    if situation.kind is Kind.UNINSTALL:
        return ()
    made = _Rows(situation, combined, applied, merged)
    names = sorted({*applied.raw.parameters, *merged.raw.parameters, *made.dropped})
    return tuple(row for name in names if (row := made.row(name)) is not None)


class _Rows:
    def __init__(self, situation: Situation, combined: Combined, applied: View, merged: View) -> None:
        self.situation, self.applied, self.merged = situation, applied, merged
        given = situation.answers.values.keys() | situation.answers.secrets.keys()
        self.dropped = frozenset(combined.dropped_values) - given

    def row(self, name: str) -> FieldRow | None:
        if name in self.dropped:
            return self.gone(name)
        sides = (self.applied.raw.parameters.get(name), self.merged.raw.parameters.get(name))
        if any(one is not None and one.secret for one in sides):
            return self.sealed(name)
        return self.open(name, *sides)

    def gone(self, name: str) -> FieldRow:
        """A value that was set here and that nothing takes any more."""
        value = self.situation.desired.values.get(name)
        missing = "there was none before" if self.situation.kind is Kind.ROLLBACK else "the template has none any more"
        shown = DOTS if value is None else value
        return _row(name, Symbol.REMOVED, shown, None, f"yours, and {missing}", secret=value is None)

    def open(self, name: str, old: Parameter | None, new: Parameter | None) -> FieldRow | None:
        before, after = self.applied.values.get(name), self.merged.values.get(name)
        if new is None or after is None:
            return None if before is None else _row(name, Symbol.REMOVED, before, None, "")
        own = not new.fixed and after != new.default
        if before == after and not (own and old is not None and new.default != old.default):
            return None
        symbol = Symbol.UNCHANGED if before == after else Symbol.ADDED if before is None else Symbol.CHANGED
        row = _row(name, symbol, before, after, self.source(name, own=own, moves=before != after))
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
            return _row(name, Symbol.REMOVED, DOTS, None, "", secret=True) if before is not None else None
        if before is None:
            text = DOTS if after is not None else "made up when it runs" if parameter.generate else "nothing yet"
            return _row(name, Symbol.ADDED, None, text, "", secret=True)
        return _row(name, Symbol.CHANGED, DOTS, "changed", "", secret=True) if before != after else None


def _row(
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
