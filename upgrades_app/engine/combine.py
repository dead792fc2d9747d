"""What will be desired: base, ours and theirs made one, documents and values alike."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from templates_app.spec.decide import Choice, Decision
from templates_app.spec.merge import Removal, merge
from templates_app.spec.model import AppSpec, Parameter
from upgrades_app.engine.own import made_own
from upgrades_app.engine.plan import Arrival
from upgrades_app.engine.situation import Kind, Side, Situation


@dataclass(frozen=True, slots=True)
class ValueConflict:
    """A value that both sides set differently; `fixed`: the version decides it from now on."""

    name: str
    base: str | None
    ours: str | None
    theirs: str | None
    fixed: bool = False
    secret: bool = False

    @property
    def id(self) -> str:
        return f"values.{self.name}"


@dataclass(frozen=True, slots=True)
class Combined:
    """The desired side once done, and how each part of it was decided.

    `applied` is what the target has then, where that is not all that is desired; `decisions` are of what the target
    gets. `conflicts` and `value_conflicts` are all, resolved or not; `removed` are components to ask about, with what
    holds while nobody answers.
    """

    side: Side
    applied: Side | None = None
    decisions: tuple[Decision, ...] = ()
    conflicts: tuple[Decision, ...] = ()
    value_conflicts: tuple[ValueConflict, ...] = ()
    removed: Mapping[str, Removal | None] = field(default_factory=dict)
    dropped_values: tuple[str, ...] = ()
    arrivals: Mapping[str, Arrival] = field(default_factory=dict)

    @property
    def there(self) -> Side:
        """What the target has once done."""
        return self.side if self.applied is None else self.applied

    @property
    def conflict_ids(self) -> frozenset[str]:
        return frozenset([one.id for one in self.conflicts] + [one.id for one in self.value_conflicts])


def combine(situation: Situation) -> Combined:
    """The merge of a situation, with the answers put in."""
    if situation.kind is Kind.UNINSTALL:
        return Combined(situation.desired, applied=Side())
    if situation.theirs is None:
        return _with_values(situation, Combined(situation.desired))
    combined = _with_values(situation, _merged(situation, situation.theirs))
    if situation.applied_base is None or situation.applied_theirs is None:
        return combined
    below = _applied(situation, situation.applied_base, situation.applied_theirs, combined)
    return replace(combined, applied=below.side, decisions=below.decisions)


def _applied(situation: Situation, base: Side, theirs: Side, wanted: Combined) -> Combined:
    """Going back, the same merge of what is applied: an edit that was never applied is not applied by it.

    It asks nothing of its own: what is answered for the desired side holds here too, else what is applied stays.
    """
    answers = situation.answers
    layer = replace(situation, base=base, desired=situation.applied, theirs=theirs)
    removed = {**wanted.removed, **answers.removed}
    undecided = _removals(layer, theirs)
    kept = {key: removed.get(key) or choice or "keep" for key, choice in undecided.items()}
    layer = layer.answered(replace(answers, removed=kept))
    merged = _with_values(layer, _merged(layer, theirs))
    unasked = merged.conflict_ids - wanted.conflict_ids
    if not unasked:
        return merged
    mine: dict[str, Choice] = dict.fromkeys(unasked, "ours")
    layer = layer.answered(replace(layer.answers, conflicts={**mine, **answers.conflicts}))
    return _with_values(layer, _merged(layer, theirs))


def _merged(situation: Situation, theirs: Side) -> Combined:
    base, answers = situation.base.spec, situation.answers
    asked = _removals(situation, theirs)
    chosen = {key: answers.removed.get(key) or default for key, default in asked.items()}
    ours = made_own(situation.desired.spec, [key for key, choice in chosen.items() if choice != "remove"])
    removed = {key: one for key, one in chosen.items() if one is not None}
    undecided = merge(base, ours, theirs.spec, only=answers.only, removed=removed)
    merged = undecided
    if answers.conflicts:
        merged = merge(base, ours, theirs.spec, answers.conflicts, only=answers.only, removed=removed)
    return Combined(
        side=Side(merged.spec),
        decisions=merged.decisions,
        conflicts=undecided.conflicts,
        removed=asked,
        arrivals=_arrivals(situation, theirs.spec, merged.spec),
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
    spec, values, decided = _fixed(situation, spec, values)
    given = {**values, **secrets, **answers.secrets}
    return replace(
        combined,
        side=Side(spec, *_split(spec, given)),
        value_conflicts=(*both, *both_secret, *decided),
        dropped_values=tuple(sorted(given.keys() - spec.parameters.keys())),
    )


def merge_values(
    base: Mapping[str, str],
    ours: Mapping[str, str],
    theirs: Mapping[str, str],
    choices: Mapping[str, Choice],
    *,
    secret: bool = False,
) -> tuple[dict[str, str], tuple[ValueConflict, ...]]:
    """The three-way merge of what was set; an undecided conflict stays ours. Also returns every conflict."""
    merged: dict[str, str] = {}
    conflicts = []
    for name in sorted(base.keys() | ours.keys() | theirs.keys()):
        was, mine, other = base.get(name), ours.get(name), theirs.get(name)
        chosen = other if mine == was else mine
        if other not in (was, mine) and mine != was:
            conflict = ValueConflict(name, was, mine, other, secret=secret)
            conflicts.append(conflict)
            chosen = other if choices.get(conflict.id) == "theirs" else mine
        if chosen is not None:
            merged[name] = chosen
    return merged, tuple(conflicts)


def _theirs(situation: Situation) -> Side:
    """A version brings no values of its own; a record to go back to does."""
    if situation.kind is Kind.ROLLBACK and situation.theirs is not None:
        return situation.theirs
    return situation.base


def _fixed(
    situation: Situation, spec: AppSpec, values: dict[str, str]
) -> tuple[AppSpec, dict[str, str], tuple[ValueConflict, ...]]:
    """Values that their operator set and that the version decides from now on: kept only where the operator says so."""
    was = situation.base.spec.parameters
    conflicts = []
    opened: dict[str, Parameter] = {}
    for name in [name for name in values if name in spec.parameters and spec.parameters[name].fixed]:
        parameter = spec.parameters[name]
        newly = name not in was or not was[name].fixed
        if situation.kind is Kind.UPGRADE and newly and values[name] != parameter.default:
            before = was[name].default if name in was else None
            conflict = ValueConflict(name, before, values[name], parameter.default, fixed=True)
            conflicts.append(conflict)
            if situation.answers.conflicts.get(conflict.id) != "theirs":
                opened[name] = parameter.model_copy(update={"fixed": False})
                continue
        del values[name]
    if opened:
        spec = spec.model_copy(update={"parameters": {**spec.parameters, **opened}})
    return spec, values, tuple(conflicts)


def _split(spec: AppSpec, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What was set for declared parameters, apart by whether it has to be kept sealed."""
    values: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for name in sorted(given.keys() & spec.parameters.keys()):
        parameter = spec.parameters[name]
        (secrets if parameter.secret or parameter.generate else values)[name] = given[name]
    return values, secrets
