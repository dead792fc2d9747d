"""Components that were stopped on the target, and that others which are put there now cannot do without."""

from collections.abc import Collection, Iterator, Mapping

from apps_app.drivers.base import Observed, State
from templates_app.spec.component import ComponentSpec
from templates_app.spec.model import AppSpec
from templates_app.spec.uses import needs_of
from upgrades_app.engine.plan import Action

_ASLEEP = {State.STOPPED, State.EXITED}
_STARTING = {Action.CREATE, Action.UPDATE, Action.RESTART, Action.RECREATE}


def sleepers(actions: Mapping[str, Action], merged: AppSpec, observed: Mapping[str, Observed] | None) -> dict[str, str]:
    """Each service that stays as it is though it does not run → the component that is put there and needs it.

    What a started one needs itself is started with it.
    """
    found: dict[str, str] = {}
    asleep = frozenset(_asleep(actions, merged, observed or {}))
    waiting = [key for key, action in sorted(actions.items(), reverse=True) if action in _STARTING]
    while waiting and asleep:
        key = waiting.pop()
        for other in _needed(merged.components.get(key), asleep - found.keys()):
            found[other] = key
            waiting.append(other)
    return found


def _asleep(actions: Mapping[str, Action], merged: AppSpec, observed: Mapping[str, Observed]) -> Iterator[str]:
    for key, one in observed.items():
        component = merged.components.get(key)
        if component is None or component.kind == "job" or str(component.replicas) == "0":
            continue
        if actions.get(key) is Action.NOTHING and one.state in _ASLEEP:
            yield key


def _needed(component: ComponentSpec | None, among: Collection[str]) -> list[str]:
    """The ones that it cannot do without, by name."""
    needs = {} if component is None else needs_of(component)
    return sorted(key for key, required in needs.items() if required and key in among)
