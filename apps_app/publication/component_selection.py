"""A document without some of its components, and without what only they used."""

from collections.abc import Iterable

from templates_app.appspec.presentation.text import listed
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.resource_usage import SHARES_NETWORK_OF, needs_of, parameters_of, uses_of


def dependants(spec: AppSpec, leave_out: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Each left-out component → the ones that stay and depend on it; those that nothing needs are not there."""
    out = frozenset(leave_out)
    needed: dict[str, list[str]] = {}
    for key, component in sorted(spec.components.items()):
        if key not in out:
            for name in needs_of(component).keys() & out:
                needed.setdefault(name, []).append(key)
    return {key: tuple(needed[key]) for key in sorted(needed)}


def sentences(needed: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """ "db is needed by web and worker", one for each left-out component."""
    return tuple(f"{key} is needed by {listed(others, most=len(others))}" for key, others in needed.items())


def inseparable(spec: AppSpec, leave_out: Iterable[str]) -> dict[str, str]:
    """Components that share the network of a left-out one: they cannot be published without it."""
    out = frozenset(leave_out)
    modes = {key: component.network_mode for key, component in spec.components.items() if key not in out}
    shared = {
        key: mode.removeprefix(SHARES_NETWORK_OF) for key, mode in modes.items() if mode.startswith(SHARES_NETWORK_OF)
    }
    return {key: other for key, other in shared.items() if other in out}


def without(spec: AppSpec, leave_out: Iterable[str]) -> AppSpec:
    """The document without these components, dependencies on them, and the definitions that only they used."""
    out = frozenset(leave_out) & spec.components.keys()
    if not out:
        return spec
    remaining = {key: _cut(component, out) for key, component in spec.components.items() if key not in out}
    removed = [spec.components[key] for key in out]
    volumes = _needless(
        (uses_of(component).volumes for component in removed),
        (uses_of(component).volumes for component in remaining.values()),
    )
    networks = _needless(
        (uses_of(component).networks for component in removed),
        (uses_of(component).networks for component in remaining.values()),
    )
    smaller = spec.model_copy(
        update={
            "components": remaining,
            "volumes": {key: volume for key, volume in spec.volumes.items() if key not in volumes},
            "networks": {key: network for key, network in spec.networks.items() if key not in networks},
        }
    )
    return _without_their_parameters(spec, smaller)


def _without_their_parameters(before: AppSpec, after: AppSpec) -> AppSpec:
    """A parameter that nobody ever referred to stays: its author put it there."""
    unused = _used(before) - _used(after)
    parameters = {name: parameter for name, parameter in after.parameters.items() if name not in unused}
    return after.model_copy(update={"parameters": parameters})


def _used(spec: AppSpec) -> frozenset[str]:
    return parameters_of([*spec.components.values(), *spec.volumes.values(), *spec.networks.values()])


def _needless(theirs: Iterable[frozenset[str]], others: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*theirs) - frozenset[str]().union(*others)


def _cut(component: ComponentSpec, out: frozenset[str]) -> ComponentSpec:
    if not component.depends_on.keys() & out:
        return component
    needs = {key: how for key, how in component.depends_on.items() if key not in out}
    return component.model_copy(update={"depends_on": needs})
