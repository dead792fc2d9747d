"""The comparison as the details page shows it: rendered text of both sides, and where the new one came from."""

from collections.abc import Iterator

from templates_app.spec.change import FieldChange, Symbol, words
from templates_app.spec.component import ComponentSpec
from templates_app.spec.declare import Impact
from templates_app.spec.diff import ComponentChange, component_change
from upgrades_app.engine.otherwise import IT_WAS, TEMPLATE_HAS
from upgrades_app.engine.plan import Action
from upgrades_app.engine.row import ComponentRow, FieldRow
from upgrades_app.engine.situation import Kind, Situation
from upgrades_app.engine.sources import Sources
from upgrades_app.engine.steps import Work, phrase
from upgrades_app.engine.view import View
from upgrades_app.engine.words import DOTS, Wording

_NEW = ComponentSpec()


def component_rows(
    situation: Situation, todo: Work, applied: View, merged: View, sources: Sources
) -> tuple[ComponentRow, ...]:
    """Every component of either side, in the order of their keys."""
    made = _Rows(situation, todo, applied, merged, sources)
    return tuple(made.component(change) for change in todo.comparison.components)


class _Rows:
    def __init__(self, situation: Situation, todo: Work, applied: View, merged: View, sources: Sources) -> None:
        self.situation, self.todo, self.sources = situation, todo, sources
        self.applied, self.merged = applied, merged
        self.old, self.new = Wording.of(applied), Wording.of(merged)

    def component(self, change: ComponentChange) -> ComponentRow:
        changed = [self.field(one, change) for one in self.changes(change)]
        changed += [self.secret(name) for name in self.todo.secrets.get(change.key, ())]
        seen = {row.path for row in changed}
        kept = [row for row in self.kept(change) if row.path not in seen]
        return ComponentRow(
            key=change.key,
            symbol=self.symbol(change),
            impact=phrase(self.situation, self.todo, change.key),
            data_at_risk=change.data_at_risk,
            source=self.source(change),
            fields=(*changed, *kept),
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

    def field(self, one: FieldChange, change: ComponentChange) -> FieldRow:
        before = self.old.at(change.before, one.path, one.before)
        after = self.new.at(change.after, one.path, one.after)
        hidden = before == after and DOTS in (before or "")
        return FieldRow(
            path=one.path,
            label=words(one.path),
            symbol=one.symbol,
            before=before,
            after="changed" if hidden else after,
            source=self.sources.of(one.path),
            template_value=self.sources.template_value(one.path),
            template_has=self.template_has,
            impact=one.impact,
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
