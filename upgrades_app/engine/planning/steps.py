"""From what is there and what shall be to the ordered steps."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from templates_app.appspec.diff.diff import Comparison, ComponentChange, compare
from templates_app.appspec.diff.field_change import FieldChange, Symbol
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.field_meta import Impact
from upgrades_app.engine.inputs.planning_input import Situation
from upgrades_app.engine.inputs.rendered_side import View
from upgrades_app.engine.planning.order import Place, in_order
from upgrades_app.engine.planning.plan import Action, Step
from upgrades_app.engine.planning.restart_cascade import Standing, following, sleepers, standings

NAMED_CHANGES = 3


@dataclass(frozen=True, slots=True)
class Work:
    """Both views laid side by side, with what has to be done to each component. `follows` has those that are replaced
    only since the one is whose network they share; `asleep` those that do not run → the one that needs them to."""

    comparison: Comparison
    standing: Mapping[str, Standing]
    actions: Mapping[str, Action]
    around: Mapping[str, tuple[FieldChange, ...]]
    secrets: Mapping[str, tuple[str, ...]]
    follows: Mapping[str, str] = field(default_factory=dict)
    asleep: Mapping[str, str] = field(default_factory=dict)

    def changes(self, change: ComponentChange) -> tuple[FieldChange, ...]:
        """What differs in a component and in the definitions it uses."""
        return (*change.changes, *self.around.get(change.key, ()))

    @property
    def differing(self) -> frozenset[str]:
        """The components that have to be touched, however they stand on the target."""
        changed = (change.key for change in self.comparison.components if change.symbol is not Symbol.UNCHANGED)
        surrounding = (key for key, result in (*self.around.items(), *self.secrets.items()) if result)
        return frozenset({*changed, *surrounding})

    def impact(self, change: ComponentChange) -> Impact:
        """The least that must happen to the component."""
        sealed = Impact.RECREATE if self.secrets.get(change.key) or change.key in self.follows else Impact.NONE
        return max([sealed, *(item.impact for item in self.changes(change))])


def work(situation: Situation, applied: View, merged: View, also: Iterable[str] = ()) -> Work:
    """What the target has been given against what it shall have, component by component.

    Those that are only desired (`also`: once done) have nothing to do, and are told of all the same.
    """
    comparison = compare(applied.spec, merged.spec)
    standing = standings(situation, applied)
    result = Work(comparison, standing, {}, _around(comparison, applied, merged), _changed_secrets(applied, merged))
    changes = {change.key: change for change in comparison.components}
    actions = {
        key: _action(situation, result, changes.get(key), standing.get(key, Standing.AS_APPLIED), key)
        for key in sorted({*changes, *standing, *situation.desired.spec.components, *also})
    }
    follows = following(actions, merged.spec) if situation.runs else {}
    actions |= dict.fromkeys(follows, Action.RECREATE)
    stopped = sleepers(actions, merged.spec, situation.observed)
    actions |= {key: Action.RESTART for key in stopped if standing[key] is Standing.AS_APPLIED}
    return Work(comparison, standing, actions, result.around, result.secrets, follows, stopped)


def steps(situation: Situation, todo: Work, applied: View, merged: View, volumes: Iterable[str]) -> tuple[Step, ...]:
    """Every component's step in order, the volumes to delete, and the end."""
    changes = {change.key: change for change in todo.comparison.components}
    placed = in_order(todo.actions, applied.spec, merged.spec)
    result = [
        _step(situation, todo, place, changes.get(place.key), applied=applied, merged=merged, position=position)
        for position, place in enumerate(placed, start=1)
    ]
    result += _last(situation, volumes, start=len(result) + 1, wave=max((step.wave for step in result), default=0) + 1)
    return tuple(result)


def _around(comparison: Comparison, applied: View, merged: View) -> dict[str, tuple[FieldChange, ...]]:
    """The changed definitions of volumes and networks that a component on both sides uses."""
    changed = (*comparison.volumes, *comparison.networks)
    result = {}
    for key in applied.parts.keys() & merged.parts.keys() if changed else ():
        used = {(kind, name) for part in (applied.parts[key], merged.parts[key]) for kind, name in part.uses}
        result[key] = tuple(change for change in changed if change.path[:2] in used)
    return result


def _changed_secrets(applied: View, merged: View) -> dict[str, tuple[str, ...]]:
    """The secrets that a component uses on both sides and that have another value now."""
    changed = {
        name for name in applied.secrets if merged.secrets.get(name, applied.secrets[name]) != applied.secrets[name]
    }
    if not changed:
        return {}
    return {
        key: tuple(sorted(changed & {*applied.parts[key].secrets} & {*merged.parts[key].secrets}))
        for key in applied.parts.keys() & merged.parts.keys()
    }


def _action(
    situation: Situation, actions: Work, change: ComponentChange | None, standing: Standing, key: str
) -> Action:
    if change is None:
        is_removed = standing is Standing.UNKNOWN or situation.answers.drift.get(key) == "put_back"
        return Action.REMOVE if is_removed else Action.NOTHING
    if change.before is None:
        return Action.CREATE
    if change.after is None:
        return Action.REMOVE
    if standing is Standing.MISSING:
        return Action.CREATE
    if standing is Standing.UNKNOWN or situation.answers.drift.get(key) == "put_back":
        return Action.RECREATE
    if not actions.changes(change) and not actions.secrets.get(key):
        return Action.NOTHING
    return _BY_IMPACT[actions.impact(change)]


_BY_IMPACT = {
    Impact.NONE: Action.UPDATE,
    Impact.IN_PLACE: Action.UPDATE,
    Impact.RESTART: Action.RESTART,
    Impact.RECREATE: Action.RECREATE,
}


def _step(
    situation: Situation,
    todo: Work,
    place: Place,
    change: ComponentChange | None,
    *,
    applied: View,
    merged: View,
    position: int,
) -> Step:
    action = todo.actions[place.key]
    idle = action is Action.NOTHING
    return Step(
        position=position,
        wave=place.wave,
        key=place.key,
        action=action,
        sentence=f"{place.key} {phrase(situation, todo, place.key)}{_because(todo, change)}",
        impact=Impact.RECREATE if change is None else todo.impact(change),
        data_at_risk="" if change is None or idle else change.data_at_risk,
        before=None if idle else applied.parts.get(place.key),
        after=None if idle else merged.parts.get(place.key),
        waits_for=place.waits_for,
    )


def unwoken(todo: Work) -> Iterator[Fault]:
    """Components that cannot be started as they are: somebody made something else of them, and that is kept."""
    for key, by in sorted(todo.asleep.items()):
        if todo.actions[key] is Action.NOTHING:
            text = f"needs {key}, which is stopped and was changed on the target: start it there, or put it back"
            yield Fault(f"components.{by}", text)


def phrase(situation: Situation, todo: Work, key: str) -> str:
    """What happens to a component, as the rest of a sentence that begins with its key."""
    action, standing = todo.actions[key], todo.standing.get(key, Standing.AS_APPLIED)
    if action is not Action.REMOVE and action is not Action.NOTHING:
        if standing is Standing.MISSING:
            return "is missing on the target and is put there again"
        if standing is Standing.UNKNOWN:
            return "is applied again, since nobody knows how it stands"
    if key in todo.asleep and action is Action.RESTART:
        return f"is stopped on the target and is started: {todo.asleep[key]} needs it"
    if key in todo.follows:
        return f"is replaced by a new one, since it shares the network of {todo.follows[key]}"
    return (_RUNNING if situation.runs else _WRITING)[action]


_RUNNING = {
    Action.CREATE: "is created",
    Action.UPDATE: "is changed in place, without a restart",
    Action.RESTART: "is restarted",
    Action.RECREATE: "is replaced by a new one",
    Action.REMOVE: "is removed",
    Action.NOTHING: "stays as it is",
}
_WRITING = {
    Action.CREATE: "is written",
    Action.UPDATE: "is written again",
    Action.RESTART: "is written again",
    Action.RECREATE: "is written again",
    Action.REMOVE: "is taken out",
    Action.NOTHING: "stays as it is",
}


def _because(todo: Work, change: ComponentChange | None) -> str:
    if change is None or change.before is None or change.after is None:
        return ""
    data = [item.sentence() for item in todo.changes(change)]
    data += [f"secret {name} changed" for name in todo.secrets.get(change.key, ())]
    more = f" and {len(data) - NAMED_CHANGES} more" if len(data) > NAMED_CHANGES else ""
    return f": {', '.join(data[:NAMED_CHANGES])}{more}" if data else ""


def _last(situation: Situation, volumes: Iterable[str], start: int, wave: int) -> Iterator[Step]:
    deleted = list(volumes)
    for position, name in enumerate(deleted, start):
        sentence = f"volume {name} and its data are deleted"
        yield Step(position=position, wave=wave, key=name, action=Action.REMOVE_VOLUME, sentence=sentence)
    end = wave + 1 if deleted else wave
    sentence = "everything is made lasting" if situation.runs else "what was written is made one change"
    yield Step(position=start + len(deleted), wave=end, key="", action=Action.FINISH, sentence=sentence)
