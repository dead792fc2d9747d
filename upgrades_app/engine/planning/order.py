"""In which order the components come: dependencies first, removals last and in reverse."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.explicit_names import CONTAINER_NAME
from templates_app.appspec.validation.resource_usage import needs_of
from upgrades_app.engine.planning.plan import Action


@dataclass(frozen=True, slots=True)
class Place:
    """Where one component stands in the order; `waits_for` are the components that must be done before."""

    wave: int
    key: str
    waits_for: tuple[str, ...]


def in_order(actions: Mapping[str, Action], before: AppSpec, after: AppSpec) -> tuple[Place, ...]:
    """The components in waves, ties by name: the same input gives the same order.

    A removal comes last, unless what it holds (a published port, a volume that is written, a container's name) goes
    over to a component that needs it: nobody can take over what is still held. Then it comes right before that one,
    so that nothing else is done while it is away. A circle of dependencies, which is refused elsewhere, is ordered by
    name.
    """
    removed = {key for key, action in actions.items() if action is Action.REMOVE}
    takers = _takers(actions, removed, before, after)
    waits = _waits(actions, removed, takers, before, after)
    first = _with_dependents(takers, waits) & removed
    for key in first:
        waits[key] &= removed
    last = removed - first
    unrelated = actions.keys() - removed - _with_all_behind(takers, waits)
    late = {**waits, **{key: waits[key] | unrelated for key in first}}
    waves = [*_waves(late, actions.keys() - last), *_waves(waits, last)]
    return tuple(
        Place(number, key, tuple(sorted(waits[key]))) for number, keys in enumerate(waves, start=1) for key in keys
    )


def _waits(
    actions: Mapping[str, Action],
    removed: set[str],
    takers: Mapping[str, frozenset[str]],
    before: AppSpec,
    after: AppSpec,
) -> dict[str, set[str]]:
    """Who waits for whom: for what it needs, for who gives way to it; a removal for those that needed it."""
    waits: dict[str, set[str]] = {key: set() for key in actions}
    for key in actions.keys() - removed:
        waits[key] = set(_needs(after, key) & actions.keys()) - removed - {key}
    for other in actions:
        for key in _needs(before, other) & removed - {other}:
            if other in removed or key not in takers:
                waits[key].add(other)
    for giver, keys in takers.items():
        for taker in keys:
            waits[taker].add(giver)
    return waits


def _needs(spec: AppSpec, key: str) -> frozenset[str]:
    return frozenset(needs_of(spec.components[key])) if key in spec.components else frozenset()


def _takers(
    actions: Mapping[str, Action], removed: set[str], before: AppSpec, after: AppSpec
) -> dict[str, frozenset[str]]:
    """Removed component → the ones put in place now that take over something only one can hold."""
    placed = {
        key: _holds(after.components[key])
        for key, action in actions.items()
        if action.changes_component and key in after.components and key not in removed
    }
    result: dict[str, frozenset[str]] = {}
    for giver in sorted(removed & before.components.keys()):
        held = _holds(before.components[giver])
        takers = frozenset(key for key, holds in placed.items() if holds & held)
        if takers:
            result[giver] = takers
    return result


def _holds(component: ComponentSpec) -> frozenset[str]:
    ports = {
        f"{binding}/{port.rpartition('/')[2]}"
        for port, bindings in component.ports.items()
        for binding in bindings
        if binding.rpartition(":")[2]
    }
    written = {mount.source for mount in component.mounts.values() if mount.writes_volume and mount.source}
    name = component.engine.get(CONTAINER_NAME)
    named = {f"name {name}"} if name else set()
    return frozenset(f"port {port}" for port in ports) | {f"volume {name}" for name in written} | named


def _with_dependents(givers: Iterable[str], waits: Mapping[str, set[str]]) -> set[str]:
    """The givers and every removal that must come before theirs."""
    result: set[str] = set()
    waiting = list(givers)
    while waiting:
        key = waiting.pop()
        if key not in result:
            result.add(key)
            waiting += waits[key]
    return result


def _with_all_behind(takers: Mapping[str, frozenset[str]], waits: Mapping[str, set[str]]) -> set[str]:
    """The takers and everything that waits for them."""
    behind: dict[str, set[str]] = {}
    for key, needed in waits.items():
        for name in needed:
            behind.setdefault(name, set()).add(key)
    return _with_dependents(frozenset[str]().union(*takers.values()), {key: behind.get(key, set()) for key in waits})


def _waves(waits: Mapping[str, set[str]], keys: AbstractSet[str]) -> list[list[str]]:
    sorter = TopologicalSorter({key: waits[key] & keys for key in keys})
    try:
        sorter.prepare()
    except CycleError:
        return [[key] for key in sorted(keys)]
    waves = []
    while sorter.is_active():
        waves.append(sorted(sorter.get_ready()))
        sorter.done(*waves[-1])
    return waves
