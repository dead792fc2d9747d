"""Components that were stopped on the target, and that others which are put there now cannot do without."""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum

from apps_app.drivers.base import Observed, State
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.resource_usage import needs_of, shares_of
from upgrades_app.engine.inputs.planning_input import Situation
from upgrades_app.engine.inputs.rendered_side import View
from upgrades_app.engine.planning.plan import Action

_ASLEEP = {State.STOPPED, State.EXITED}
_STARTING = {Action.CREATE, Action.UPDATE, Action.RESTART, Action.RECREATE}


def sleepers(actions: Mapping[str, Action], merged: AppSpec, observed: Mapping[str, Observed] | None) -> dict[str, str]:
    """Each service that stays as it is though it does not run → the component that is put there and needs it.

    What a started one needs itself is started with it.
    """
    result: dict[str, str] = {}
    stopped = frozenset(_asleep(actions, merged, observed or {}))
    waiting = [key for key, action in sorted(actions.items(), reverse=True) if action in _STARTING]
    while waiting and stopped:
        key = waiting.pop()
        for other in _needed(merged.components.get(key), stopped - result.keys()):
            result[other] = key
            waiting.append(other)
    return result


def _asleep(actions: Mapping[str, Action], merged: AppSpec, observed: Mapping[str, Observed]) -> Iterator[str]:
    for key, item in observed.items():
        component = merged.components.get(key)
        if component is None or component.kind == "job" or str(component.replicas) == "0":
            continue
        if actions.get(key) is Action.NOTHING and item.state in _ASLEEP:
            yield key


def _needed(component: ComponentSpec | None, among: Collection[str]) -> list[str]:
    """The ones that it cannot do without, by name."""
    needs = {} if component is None else needs_of(component)
    return sorted(key for key, required in needs.items() if required and key in among)


_ANEW = {Action.CREATE, Action.RESTART, Action.RECREATE}
_STAYING = {Action.NOTHING, Action.UPDATE, Action.RESTART}


def following(actions: Mapping[str, Action], merged: AppSpec) -> dict[str, str]:
    """Those that would stay though what they share does not → the component that they share it with."""
    result: dict[str, str] = {}
    waiting = [key for key, action in sorted(actions.items()) if action in _STAYING and key in merged.components]
    moved = True
    while moved:
        moved = False
        for key in waiting:
            regenerated = (
                namespace_owner
                for namespace_owner in sorted(shares_of(merged.components[key]))
                if actions.get(namespace_owner) in _ANEW or namespace_owner in result
            )
            if key not in result and (lender := next(regenerated, "")):
                result[key] = lender
                moved = True
    return result


class Standing(StrEnum):
    """STRAY is there though nothing was applied; UNKNOWN is what nobody knows since an undo failed."""

    AS_APPLIED = "as applied"
    MISSING = "missing"
    DRIFTED = "drifted"
    STRAY = "stray"
    UNKNOWN = "unknown"


def standings(situation: Situation, applied: View) -> dict[str, Standing]:
    """For every component that was applied or seen. Without a look at the target all are as applied."""
    observed = {key for key, item in (situation.observed or {}).items() if item.present}
    return {
        key: _standing(situation, applied, key) for key in sorted(applied.parts.keys() | observed | situation.unknown)
    }


def _standing(situation: Situation, applied: View, key: str) -> Standing:
    if key in situation.unknown:
        return Standing.UNKNOWN
    if situation.observed is None:
        return Standing.AS_APPLIED
    observed = situation.observed.get(key)
    if observed is None or not observed.present:
        return Standing.MISSING
    if key not in applied.parts:
        return Standing.STRAY
    return Standing.AS_APPLIED if observed.digest == applied.digest(key, situation.salt) else Standing.DRIFTED
