"""Order of the components: dependencies first, removals last and in reverse."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.explicit_names import CONTAINER_NAME
from templates_app.appspec.validation.resource_usage import find_dependencies
from upgrades_app.engine.planning.plan import StepAction


@dataclass(frozen=True, slots=True)
class StepPosition:
    """The wave of a component; `waits_for` are the components that must be done before."""

    wave: int
    key: str
    waits_for: tuple[str, ...]


def order_components(actions: Mapping[str, StepAction], before: AppSpec, after: AppSpec) -> tuple[StepPosition, ...]:
    """The components in waves, ties by name: the same input gives the same order.

    A removal comes last, unless a component that is applied takes over an exclusive resource of it (a published port,
    a written volume, a container name). Then the removal comes right before that component, to keep the downtime
    short. A dependency cycle, which validation rejects, is ordered by name.
    """
    removed = {key for key, action in actions.items() if action is StepAction.REMOVE}
    takers = _list_resource_takers(actions, removed, before, after)
    waits = _list_waits(actions, removed, takers, before, after)
    first = _add_dependents(takers, waits) & removed
    for key in first:
        waits[key] &= removed
    last = removed - first
    unrelated = actions.keys() - removed - _add_all_behind(takers, waits)
    late = {**waits, **{key: waits[key] | unrelated for key in first}}
    waves = [*_compute_waves(late, actions.keys() - last), *_compute_waves(waits, last)]
    return tuple(
        StepPosition(number, key, tuple(sorted(waits[key])))
        for number, keys in enumerate(waves, start=1)
        for key in keys
    )


def _list_waits(
    actions: Mapping[str, StepAction],
    removed: set[str],
    takers: Mapping[str, frozenset[str]],
    before: AppSpec,
    after: AppSpec,
) -> dict[str, set[str]]:
    """Return the components each one waits for: its dependencies, the removals that free its resources; a removal waits
    for its former dependents."""
    waits: dict[str, set[str]] = {key: set() for key in actions}
    for key in actions.keys() - removed:
        waits[key] = set(_list_needs(after, key) & actions.keys()) - removed - {key}
    for other in actions:
        for key in _list_needs(before, other) & removed - {other}:
            if other in removed or key not in takers:
                waits[key].add(other)
    for giver, keys in takers.items():
        for taker in keys:
            waits[taker].add(giver)
    return waits


def _list_needs(spec: AppSpec, key: str) -> frozenset[str]:
    return frozenset(find_dependencies(spec.components[key])) if key in spec.components else frozenset()


def _list_resource_takers(
    actions: Mapping[str, StepAction], removed: set[str], before: AppSpec, after: AppSpec
) -> dict[str, frozenset[str]]:
    """Return removed components with the applied components that take over an exclusive resource of them."""
    placed = {
        key: _list_held_resources(after.components[key])
        for key, action in actions.items()
        if action.changes_component and key in after.components and key not in removed
    }
    result: dict[str, frozenset[str]] = {}
    for giver in sorted(removed & before.components.keys()):
        held = _list_held_resources(before.components[giver])
        takers = frozenset(key for key, holds in placed.items() if holds & held)
        if takers:
            result[giver] = takers
    return result


def _list_held_resources(component: ComponentSpec) -> frozenset[str]:
    ports = {
        f"{binding}/{port.rpartition('/')[2]}"
        for port, bindings in component.ports.items()
        for binding in bindings
        if binding.rpartition(":")[2]
    }
    written = {mount.source for mount in component.mounts.values() if mount.writes_volume and mount.source}
    name = component.engine.get(CONTAINER_NAME)
    named = {f"name {name}"} if name else set()
    return frozenset(f"port {port}" for port in ports) | {f"volume {item}" for item in written} | named


def _add_dependents(givers: Iterable[str], waits: Mapping[str, set[str]]) -> set[str]:
    """Return the givers and every removal that must come before theirs."""
    result: set[str] = set()
    waiting = list(givers)
    while waiting:
        key = waiting.pop()
        if key not in result:
            result.add(key)
            waiting += waits[key]
    return result


def _add_all_behind(takers: Mapping[str, frozenset[str]], waits: Mapping[str, set[str]]) -> set[str]:
    """The takers and everything that waits for them."""
    behind: dict[str, set[str]] = {}
    for key, needed in waits.items():
        for name in needed:
            behind.setdefault(name, set()).add(key)
    return _add_dependents(frozenset[str]().union(*takers.values()), {key: behind.get(key, set()) for key in waits})


def _compute_waves(waits: Mapping[str, set[str]], keys: AbstractSet[str]) -> list[list[str]]:
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
