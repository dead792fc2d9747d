"""Provenance of the new value of each field."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from templates_app.appspec.interpolation.render import find_parameters_at, find_used_parameters
from templates_app.appspec.interpolation.syntax import TextError, substitute
from templates_app.appspec.merge.three_way import MergeDecision, MergeSource
from templates_app.appspec.schema.errors import join_path
from upgrades_app.engine.comparison.redaction import Redactors
from upgrades_app.engine.inputs.plan_rows import NO_PROVENANCE, Provenance, ValueProvenance
from upgrades_app.engine.inputs.planning_input import OperationKind, PlanningInput, SpecSide
from upgrades_app.engine.inputs.rendered_side import RenderedSide
from upgrades_app.engine.planning.merge_sides import MergeResult

_OWN = {MergeSource.LOCAL, MergeSource.CHOSEN, MergeSource.CONFLICT}
_TEMPLATE = {
    OperationKind.ROLLBACK: Provenance.PREVIOUS,
    OperationKind.CHANGE: Provenance.EDIT,
    OperationKind.UNINSTALL: Provenance.NONE,
}


class ProvenanceIndex:
    """The decisions of a merge by rendered path, and the parameters whose value changed."""

    def __init__(
        self, planning_input: PlanningInput, merge: MergeResult, applied: RenderedSide, merged: RenderedSide
    ) -> None:
        self.planning_input, self.merged = planning_input, merged
        self.words = Redactors.from_input(planning_input.merge_sides, merge.target_side, merged)
        self.theirs = (planning_input.merge_sides.theirs or SpecSide()).spec
        self.by_path: dict[tuple[str, ...], MergeDecision] = {}
        self.below: dict[tuple[str, ...], list[MergeDecision]] = {}
        self.moved = _list_changed_parameters(applied.values, merged.values)
        for decision in merge.decisions:
            path = _render_path(decision.path, merged.values)
            self.by_path[path] = decision
            self.below.setdefault(path[:2], []).append(decision)

    def get_provenance(self, path: tuple[str, ...]) -> ValueProvenance:
        """Return the provenance of the value at this rendered path of the merged document."""
        decision = self._find_decision(path)
        if decision is not None:
            return self._build_provenance(decision, changes=True)
        if names := self._find_parameters(path):
            return ValueProvenance(kind=Provenance.PARAMETER, parameters=tuple(sorted(names)))
        if self.planning_input.theirs is not None and self.planning_input.kind is not OperationKind.INSTALL:
            return ValueProvenance(kind=Provenance.LOCAL_PENDING)
        return ValueProvenance(kind=_TEMPLATE.get(self.planning_input.kind, Provenance.TEMPLATE))

    def get_component_provenance(self, key: str) -> ValueProvenance:
        """Return what was decided for a component as a whole that stays."""
        decision = self.by_path.get(("components", key))
        return NO_PROVENANCE if decision is None else self._build_provenance(decision, changes=False)

    def render_path(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """Return a path of the merged document with its keys rendered."""
        return _render_path(path, self.merged.values)

    def list_kept(self, key: str) -> Iterator[tuple[MergeDecision, ValueProvenance]]:
        """Yield the local decisions of a component with their provenance."""
        for decision in self.below.get(("components", key), []):
            if decision.source in _OWN:
                yield decision, self._build_provenance(decision, changes=False)

    def get_template_value(self, path: tuple[str, ...]) -> str | None:
        """Return the value of the other side at this rendered path, where the operator's own is used."""
        decision = self.by_path.get(path)
        return None if decision is None else self.get_their_text(decision)

    def get_their_text(self, decision: MergeDecision) -> str | None:
        """Return the value of the other side for a decision; None where both texts are equal."""
        if decision.source not in _OWN or "theirs" in decision.absent or len(decision.path) < 3:
            return None
        theirs = self.theirs.components.get(decision.path[1])
        text = self.words.theirs.redact_at(theirs, decision.path, decision.theirs)
        return None if text == self._get_own_text(decision, decision.result) else text

    def _find_decision(self, path: tuple[str, ...]) -> MergeDecision | None:
        """Return the decision at this path, else below it, else above it."""
        if (exact := self.by_path.get(path)) is not None:
            return exact
        inside = (decision for decision in self.below.get(path[:2], []) if decision.path[: len(path)] == path)
        surrounding = (self.by_path.get(path[:length]) for length in range(len(path) - 1, 1, -1))
        return next(inside, None) or next(filter(None, surrounding), None)

    def _build_provenance(self, decision: MergeDecision, *, changes: bool) -> ValueProvenance:
        is_chosen = decision.source is MergeSource.CHOSEN and decision.result != decision.ours
        former = self._get_own_text(decision, decision.ours) if is_chosen else None
        return ValueProvenance(kind=self._classify(decision, changes=changes), former_value=former)

    def _classify(self, decision: MergeDecision, *, changes: bool) -> Provenance:
        match decision.source:
            case MergeSource.LOCAL:
                return Provenance.LOCAL_PENDING if changes else Provenance.LOCAL_KEPT
            case MergeSource.QUESTION:
                return Provenance.UNDECIDED_REMOVAL
            case MergeSource.SAME:
                return Provenance.SAME
            case MergeSource.CONFLICT:
                return Provenance.UNDECIDED
            case MergeSource.CHOSEN if decision.result == decision.ours:
                return Provenance.CHOSEN_LOCAL
            case MergeSource.CHOSEN:
                return Provenance.CHOSEN_TEMPLATE
        return _TEMPLATE.get(self.planning_input.kind, Provenance.TEMPLATE)

    def _get_own_text(self, decision: MergeDecision, value: JsonValue) -> str | None:
        component = self.merged.raw.components.get(decision.path[1])
        return self.words.ours.redact_at(component, decision.path, value)

    def _find_parameters(self, path: tuple[str, ...]) -> frozenset[str]:
        component = self.merged.raw.components.get(path[1])
        if component is None or not self.moved:
            return frozenset()
        try:
            result = find_parameters_at(component, path[2:]) & self.moved
            return result or find_used_parameters(component) & self.moved
        except TextError:
            return frozenset()


def _list_changed_parameters(before: Mapping[str, str], after: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _render_path(path: tuple[str, ...], values: Mapping[str, str]) -> tuple[str, ...]:
    if "$" not in join_path(path):
        return path
    try:
        return tuple(substitute(part, values) for part in path)
    except TextError:
        return path
