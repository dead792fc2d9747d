"""What will be desired: base, ours and theirs made one, documents and values alike."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from templates_app.appspec.interpolation.render import effective, settled
from templates_app.appspec.merge.merge import Removal, merge
from templates_app.appspec.merge.three_way import Choice, Decision
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from upgrades_app.engine.inputs.planning_input import Kind, Side, Situation
from upgrades_app.engine.inputs.values import ValueConflict, apart, decided_values, merge_values, still_sealed
from upgrades_app.engine.planning.plan import Arrival
from upgrades_app.engine.planning.port_overrides import OtherPort, at_other_ports


def made_own(spec: AppSpec, keys: Iterable[str]) -> AppSpec:
    """The document with these components no longer following the version: what it decided for them stays as it was.

    The other side has them no more, so the values that it decides now (the tag of its images) are not for them.
    """
    keys = list(keys)
    decided = {name: parameter for name, parameter in spec.parameters.items() if parameter.fixed} if keys else {}
    if not decided:
        return spec
    values = effective(decided, {})
    own = {key: _settled(spec.components[key], values) for key in keys}
    return spec.model_copy(update={"components": {**spec.components, **own}})


def _settled(component: ComponentSpec, values: Mapping[str, str]) -> ComponentSpec:
    try:
        return settled(component, values)
    except SpecError:
        return component


@dataclass(frozen=True, slots=True)
class Combined:
    """The desired side once done, and how each part of it was decided.

    `applied` is what the target has then, where that is not all that is desired; `decisions` are of what the target
    gets. `conflicts` and `value_conflicts` are all, resolved or not; `removed` are components to ask about, with what
    holds while nobody answers; `ports` are those that were chosen in place of the version's own.
    """

    side: Side
    applied: Side | None = None
    decisions: tuple[Decision, ...] = ()
    conflicts: tuple[Decision, ...] = ()
    value_conflicts: tuple[ValueConflict, ...] = ()
    removed: Mapping[str, Removal | None] = field(default_factory=dict)
    dropped_values: tuple[str, ...] = ()
    ports: tuple[OtherPort, ...] = ()
    arrivals: Mapping[str, Arrival] = field(default_factory=dict)

    @property
    def there(self) -> Side:
        """What the target has once done."""
        return self.side if self.applied is None else self.applied

    @property
    def conflict_ids(self) -> frozenset[str]:
        return frozenset(
            [decision.id for decision in self.conflicts]
            + [value_conflict.id for value_conflict in self.value_conflicts]
        )


def combine(situation: Situation) -> Combined:
    """The merge of a situation, with the answers put in."""
    if situation.kind is Kind.UNINSTALL:
        return Combined(situation.desired, applied=Side())
    if situation.theirs is None:
        return _with_values(situation, Combined(situation.desired))
    combined = _with_values(situation, _merged(situation, situation.theirs))
    layer = situation.below
    if layer is situation or layer.theirs is None:
        return combined
    below = _applied(layer, layer.theirs, combined)
    return replace(combined, applied=below.side, decisions=below.decisions)


def _applied(layer: Situation, theirs: Side, desired: Combined) -> Combined:
    """Going back, the same merge of what is applied: an edit that was never applied is not applied by it.

    It asks nothing of its own: what is answered for the desired side holds here too, else what is applied stays.
    """
    answers = layer.answers
    removed = {**desired.removed, **answers.removed}
    undecided = _removals(layer, theirs)
    remaining = {key: removed.get(key) or choice or "keep" for key, choice in undecided.items()}
    layer = layer.answered(replace(answers, removed=remaining))
    merged = _with_values(layer, _merged(layer, theirs))
    unasked = merged.conflict_ids - desired.conflict_ids
    if not unasked:
        return merged
    mine: dict[str, Choice] = dict.fromkeys(unasked, "ours")
    layer = layer.answered(replace(layer.answers, conflicts={**mine, **answers.conflicts}))
    return _with_values(layer, _merged(layer, theirs))


def _merged(situation: Situation, theirs: Side) -> Combined:
    base, answers = situation.base.spec, situation.answers
    requested = _removals(situation, theirs)
    chosen = {key: answers.removed.get(key) or default for key, default in requested.items()}
    ours = made_own(situation.desired.spec, [key for key, choice in chosen.items() if choice != "remove"])
    removed = {key: name for key, name in chosen.items() if name is not None}
    undecided = merge(base, ours, theirs.spec, only=answers.only, removed=removed)
    merged = undecided
    if answers.conflicts:
        merged = merge(base, ours, theirs.spec, answers.conflicts, only=answers.only, removed=removed)
    spec, ports = at_other_ports(merged.spec, answers.ports)
    return Combined(
        side=Side(spec),
        decisions=(*merged.decisions, *(port.decision for port in ports)),
        conflicts=undecided.conflicts,
        removed=requested,
        arrivals=_arrivals(situation, theirs.spec, merged.spec),
        ports=ports,
    )


def _removals(situation: Situation, theirs: Side) -> dict[str, Removal | None]:
    """What theirs dropped. Going back takes away what the upgrade brought, unless somebody changed it since."""
    base, ours, only = situation.base.spec.components, situation.desired.spec.components, situation.answers.only
    dropped = [
        key for key in ours if key in base and key not in theirs.spec.components and (only is None or key in only)
    ]
    untouched = {key for key in dropped if situation.kind is Kind.ROLLBACK and ours[key] == base[key]}
    return {key: "remove" if key in untouched else None for key in sorted(dropped)}


def _arrivals(situation: Situation, theirs: AppSpec, merged: AppSpec) -> dict[str, Arrival]:
    base = situation.base.spec.components
    keys = sorted(base.keys() | theirs.components.keys())
    return {
        key: Arrival.BEHIND if _stays_behind(situation, key) else _arrival(key, theirs, merged, base.keys())
        for key in keys
    }


def _stays_behind(situation: Situation, key: str) -> bool:
    """Whether it was not taken along, and was not taken to that version before."""
    only = situation.answers.only
    return only is not None and key not in only and situation.origins.get(key) != situation.to_version


def _arrival(key: str, theirs: AppSpec, merged: AppSpec, base: AbstractSet[str]) -> Arrival:
    match key in theirs.components, key in merged.components:
        case True, True:
            return Arrival.PRESENT
        case True, False:
            return Arrival.REMOVED_LOCALLY if key in base else Arrival.DECLINED
        case False, True:
            return Arrival.KEPT_AS_OWN
    return Arrival.GONE


def _with_values(situation: Situation, combined: Combined) -> Combined:
    spec, answers = combined.side.spec, situation.answers
    values, both = merge_values(
        situation.base.values, situation.desired.values, _theirs(situation).values, answers.conflicts
    )
    secrets, both_secret = merge_values(
        situation.base.secrets, situation.desired.secrets, _theirs(situation).secrets, answers.conflicts, secret=True
    )
    values |= answers.values
    spec, values, decided = decided_values(situation, spec, values)
    spec, secrets = still_sealed(spec, {**secrets, **answers.secrets})
    provided = {**values, **secrets}
    return replace(
        combined,
        side=Side(spec, *apart(spec, provided)),
        value_conflicts=(*both, *both_secret, *decided),
        dropped_values=tuple(sorted(provided.keys() - spec.parameters.keys())),
    )


def _theirs(situation: Situation) -> Side:
    """A version brings no values of its own; a record to go back to does."""
    if situation.kind is Kind.ROLLBACK and situation.theirs is not None:
        return situation.theirs
    return situation.base
