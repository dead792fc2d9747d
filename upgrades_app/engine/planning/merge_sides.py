"""Three-way merge of the sides of an operation: documents and values."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from templates_app.appspec.interpolation.render import get_effective_values, resolve_references
from templates_app.appspec.merge.merge import Removal, merge_specs
from templates_app.appspec.merge.three_way import MergeDecision, SideChoice
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from upgrades_app.engine.inputs.planning_input import OperationKind, PlanningInput, SpecSide
from upgrades_app.engine.inputs.values import ValueConflict, apply_choices, keep_sealed, merge_values, split_secrets
from upgrades_app.engine.planning.plan import ComponentOutcome
from upgrades_app.engine.planning.port_overrides import PortOverride, override_ports


def make_own_component(spec: AppSpec, keys: Iterable[str]) -> AppSpec:
    """Return the document with the fixed parameters of these components replaced by their current values.

    The other side no longer has these components, so its new fixed values (an image tag) do not apply to them.
    """
    keys = list(keys)
    decided = {name: parameter for name, parameter in spec.parameters.items() if parameter.fixed} if keys else {}
    if not decided:
        return spec
    values = get_effective_values(decided, {})
    own = {key: _resolve_names(spec.components[key], values) for key in keys}
    return spec.model_copy(update={"components": {**spec.components, **own}})


def _resolve_names(component: ComponentSpec, values: Mapping[str, str]) -> ComponentSpec:
    try:
        return resolve_references(component, values)
    except SpecError:
        return component


@dataclass(frozen=True, slots=True)
class MergeResult:
    """The desired side once the plan is done, and how each part of it was decided.

    `applied` is what the target has then, where that is not all that is desired; `decisions` are of what the target
    gets. `conflicts` and `value_conflicts` are all, resolved or not; `removed` are components to ask about, with what
    holds while nobody answers; `ports` are those that were chosen in place of the version's own.
    """

    side: SpecSide
    applied: SpecSide | None = None
    decisions: tuple[MergeDecision, ...] = ()
    conflicts: tuple[MergeDecision, ...] = ()
    value_conflicts: tuple[ValueConflict, ...] = ()
    removed: Mapping[str, Removal | None] = field(default_factory=dict)
    dropped_values: tuple[str, ...] = ()
    ports: tuple[PortOverride, ...] = ()
    outcomes: Mapping[str, ComponentOutcome] = field(default_factory=dict)

    @property
    def target_side(self) -> SpecSide:
        """What the target has once the plan is done."""
        return self.side if self.applied is None else self.applied

    @property
    def conflict_ids(self) -> frozenset[str]:
        return frozenset(
            [decision.id for decision in self.conflicts]
            + [value_conflict.id for value_conflict in self.value_conflicts]
        )


def merge_sides(planning_input: PlanningInput) -> MergeResult:
    """Merge the sides of an input and apply its answers."""
    if planning_input.kind is OperationKind.UNINSTALL:
        return MergeResult(planning_input.desired, applied=SpecSide())
    if planning_input.theirs is None:
        return _add_values(planning_input, MergeResult(planning_input.desired))
    merge = _add_values(planning_input, _merge_desired(planning_input, planning_input.theirs))
    layer = planning_input.merge_sides
    if layer is planning_input or layer.theirs is None:
        return merge
    below = _merge_applied(layer, layer.theirs, merge)
    return replace(merge, applied=below.side, decisions=below.decisions)


def _merge_applied(layer: PlanningInput, theirs: SpecSide, desired: MergeResult) -> MergeResult:
    """Merge the applied sides of a rollback, so that an edit that was never applied is not applied by it.

    It has no questions of its own: the answers for the desired side apply, otherwise the applied value is kept.
    """
    answers = layer.answers
    removed = {**desired.removed, **answers.removed}
    undecided = _apply_removals(layer, theirs)
    remaining = {key: removed.get(key) or choice or "keep" for key, choice in undecided.items()}
    layer = layer.with_answers(replace(answers, removed=remaining))
    merged = _add_values(layer, _merge_desired(layer, theirs))
    unasked = merged.conflict_ids - desired.conflict_ids
    if not unasked:
        return merged
    mine: dict[str, SideChoice] = dict.fromkeys(unasked, "ours")
    layer = layer.with_answers(replace(layer.answers, conflicts={**mine, **answers.conflicts}))
    return _add_values(layer, _merge_desired(layer, theirs))


def _merge_desired(planning_input: PlanningInput, theirs: SpecSide) -> MergeResult:
    base, answers = planning_input.base.spec, planning_input.answers
    requested = _apply_removals(planning_input, theirs)
    chosen = {key: answers.removed.get(key) or default for key, default in requested.items()}
    ours = make_own_component(
        planning_input.desired.spec, [key for key, choice in chosen.items() if choice != "remove"]
    )
    removed = {key: name for key, name in chosen.items() if name is not None}
    undecided = merge_specs(base, ours, theirs.spec, only=answers.only, removed=removed)
    merged = undecided
    if answers.conflicts:
        merged = merge_specs(base, ours, theirs.spec, answers.conflicts, only=answers.only, removed=removed)
    spec, ports = override_ports(merged.spec, answers.ports)
    return MergeResult(
        side=SpecSide(spec),
        decisions=(*merged.decisions, *(port.decision for port in ports)),
        conflicts=undecided.conflicts,
        removed=requested,
        outcomes=_list_outcomes(planning_input, theirs.spec, merged.spec),
        ports=ports,
    )


def _apply_removals(planning_input: PlanningInput, theirs: SpecSide) -> dict[str, Removal | None]:
    """Return the components that theirs removed, with the default. A rollback removes unchanged ones by default."""
    base, ours, only = (
        planning_input.base.spec.components,
        planning_input.desired.spec.components,
        planning_input.answers.only,
    )
    dropped = [
        key for key in ours if key in base and key not in theirs.spec.components and (only is None or key in only)
    ]
    untouched = {key for key in dropped if planning_input.kind is OperationKind.ROLLBACK and ours[key] == base[key]}
    return {key: "remove" if key in untouched else None for key in sorted(dropped)}


def _list_outcomes(planning_input: PlanningInput, theirs: AppSpec, merged: AppSpec) -> dict[str, ComponentOutcome]:
    base = planning_input.base.spec.components
    keys = sorted(base.keys() | theirs.components.keys())
    return {
        key: ComponentOutcome.BEHIND
        if _stays_behind(planning_input, key)
        else _get_outcome(key, theirs, merged, base.keys())
        for key in keys
    }


def _stays_behind(planning_input: PlanningInput, key: str) -> bool:
    """Whether a component was not selected, and is not at that version already."""
    only = planning_input.answers.only
    return only is not None and key not in only and planning_input.origins.get(key) != planning_input.to_version


def _get_outcome(key: str, theirs: AppSpec, merged: AppSpec, base: AbstractSet[str]) -> ComponentOutcome:
    match key in theirs.components, key in merged.components:
        case True, True:
            return ComponentOutcome.PRESENT
        case True, False:
            return ComponentOutcome.REMOVED_LOCALLY if key in base else ComponentOutcome.DECLINED
        case False, True:
            return ComponentOutcome.KEPT_AS_OWN
    return ComponentOutcome.REMOVED


def _add_values(planning_input: PlanningInput, merge: MergeResult) -> MergeResult:
    spec, answers = merge.side.spec, planning_input.answers
    values, both = merge_values(
        planning_input.base.values, planning_input.desired.values, _get_theirs(planning_input).values, answers.conflicts
    )
    secrets, both_secret = merge_values(
        planning_input.base.secrets,
        planning_input.desired.secrets,
        _get_theirs(planning_input).secrets,
        answers.conflicts,
        secret=True,
    )
    values |= answers.values
    spec, values, decided = apply_choices(planning_input, spec, values)
    spec, secrets = keep_sealed(spec, {**secrets, **answers.secrets})
    provided = {**values, **secrets}
    return replace(
        merge,
        side=SpecSide(spec, *split_secrets(spec, provided)),
        value_conflicts=(*both, *both_secret, *decided),
        dropped_values=tuple(sorted(provided.keys() - spec.parameters.keys())),
    )


def _get_theirs(planning_input: PlanningInput) -> SpecSide:
    """Return the side whose values are merged. A template version has no values of its own; a rollback target has."""
    if planning_input.kind is OperationKind.ROLLBACK and planning_input.theirs is not None:
        return planning_input.theirs
    return planning_input.base
