"""Where the new text of each place came from, as the sentence the details page shows."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from templates_app.appspec.interpolation.render import parameters_at, used_parameters
from templates_app.appspec.interpolation.syntax import TextError, substitute
from templates_app.appspec.merge.three_way import Decision, Source
from templates_app.appspec.schema.errors import dotted
from upgrades_app.engine.comparison.redaction import Wordings
from upgrades_app.engine.inputs.planning_input import Kind, Side, Situation
from upgrades_app.engine.inputs.rendered_side import View
from upgrades_app.engine.planning.merge_sides import Combined

KEPT = "yours, kept"
PENDING = "yours, not applied yet"

BEFORE = "as it was before"
YOUR_CHANGE = "your change"
FROM_TEMPLATE = "from the template"

_OWN = {Source.LOCAL, Source.CHOSEN, Source.CONFLICT}
_TEMPLATE = {Kind.ROLLBACK: BEFORE, Kind.CHANGE: YOUR_CHANGE, Kind.UNINSTALL: ""}


class Sources:
    """The merge's decisions by rendered place, and the parameters whose value moved."""

    def __init__(self, situation: Situation, combined: Combined, applied: View, merged: View) -> None:
        self.situation, self.merged = situation, merged
        self.words = Wordings.of(situation.below, combined.there, merged)
        self.theirs = (situation.below.theirs or Side()).spec
        self.by_path: dict[tuple[str, ...], Decision] = {}
        self.below: dict[tuple[str, ...], list[Decision]] = {}
        self.moved = _moved(applied.values, merged.values)
        for decision in combined.decisions:
            path = _rendered(decision.path, merged.values)
            self.by_path[path] = decision
            self.below.setdefault(path[:2], []).append(decision)

    def of(self, path: tuple[str, ...]) -> str:
        """Where what stands at this rendered place of the merged document came from."""
        decision = self._decision(path)
        if decision is not None:
            return self._said(decision, changes=True)
        if names := self._parameters(path):
            return f"from parameter {', '.join(sorted(names))}"
        if self.situation.theirs is not None and self.situation.kind is not Kind.INSTALL:
            return PENDING
        return _TEMPLATE.get(self.situation.kind, FROM_TEMPLATE)

    def of_whole(self, key: str) -> str:
        """What was decided for a component as a whole that stays, or ""."""
        decision = self.by_path.get(("components", key))
        return "" if decision is None else self._said(decision, changes=False)

    def rendered(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """A place of the merged document with the values in its keys."""
        return _rendered(path, self.merged.values)

    def kept(self, key: str) -> Iterator[tuple[Decision, str]]:
        """What of this component is decided without that the target sees it, with the sentence."""
        for decision in self.below.get(("components", key), []):
            if decision.source in _OWN:
                yield decision, self._said(decision, changes=False)

    def template_value(self, path: tuple[str, ...]) -> str | None:
        """What the other side has at this rendered place, where what is there or comes there is the operator's own."""
        decision = self.by_path.get(path)
        return None if decision is None else self.their_text(decision)

    def their_text(self, decision: Decision) -> str | None:
        """The same for a decision; None also where both read alike."""
        if decision.source not in _OWN or "theirs" in decision.absent or len(decision.path) < 3:
            return None
        theirs = self.theirs.components.get(decision.path[1])
        text = self.words.theirs.at(theirs, decision.path, decision.theirs)
        return None if text == self._mine(decision, decision.result) else text

    def _decision(self, path: tuple[str, ...]) -> Decision | None:
        """Of this very place, of one inside it, or of what it is a part of."""
        if (exact := self.by_path.get(path)) is not None:
            return exact
        inside = (decision for decision in self.below.get(path[:2], []) if decision.path[: len(path)] == path)
        surrounding = (self.by_path.get(path[:length]) for length in range(len(path) - 1, 1, -1))
        return next(inside, None) or next(filter(None, surrounding), None)

    def _said(self, decision: Decision, *, changes: bool) -> str:
        match decision.source:
            case Source.LOCAL:
                return PENDING if changes else KEPT
            case Source.QUESTION:
                return "not decided: removed or kept"
            case Source.SAME:
                return "same on both sides"
            case Source.CONFLICT:
                return "not decided"
            case Source.CHOSEN if decision.result == decision.ours:
                return "yours, by your choice"
            case Source.CHOSEN:
                return f"your choice; you had {self._mine(decision, decision.ours) or 'nothing'}"
        return _TEMPLATE.get(self.situation.kind, FROM_TEMPLATE)

    def _mine(self, decision: Decision, value: JsonValue) -> str | None:
        component = self.merged.raw.components.get(decision.path[1])
        return self.words.ours.at(component, decision.path, value)

    def _parameters(self, path: tuple[str, ...]) -> frozenset[str]:
        component = self.merged.raw.components.get(path[1])
        if component is None or not self.moved:
            return frozenset()
        try:
            result = parameters_at(component, path[2:]) & self.moved
            return result or used_parameters(component) & self.moved
        except TextError:
            return frozenset()


def _moved(before: Mapping[str, str], after: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _rendered(path: tuple[str, ...], values: Mapping[str, str]) -> tuple[str, ...]:
    if "$" not in dotted(path):
        return path
    try:
        return tuple(substitute(part, values) for part in path)
    except TextError:
        return path
