"""The state of an application after a partial run, and the state to roll back to."""

from collections.abc import Mapping, Sequence

from templates_app.appspec.merge.merge import Removal, merge_specs
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.resource_usage import find_parameters, find_resource_usage
from upgrades_app.engine.inputs.planning_input import SpecSide
from upgrades_app.engine.inputs.values import merge_values


def build_resulting_side(after: AppSpec, before: AppSpec, components: Mapping[str, ComponentSpec]) -> AppSpec:
    """Return `after` with these components, and the definitions of `before` that the differing ones use."""
    left = [component for key, component in components.items() if component != after.components.get(key)]
    uses = [find_resource_usage(component) for component in left]
    volumes = _select(before.volumes, frozenset[str]().union(*(use.volumes for use in uses)))
    networks = _select(before.networks, frozenset[str]().union(*(use.networks for use in uses)))
    parameters = _select(before.parameters, find_parameters([*left, *volumes.values(), *networks.values()]))
    return AppSpec(
        parameters={**parameters, **after.parameters},
        components=dict(components),
        volumes={**volumes, **after.volumes},
        networks={**networks, **after.networks},
    )


def _select[T](definitions: Mapping[str, T], names: frozenset[str]) -> dict[str, T]:
    return {name: t for name, t in definitions.items() if name in names}


def fold_records(records: Sequence[tuple[SpecSide, SpecSide]]) -> SpecSide:
    """Return the side to roll back to, from (after, before) of each record, newest first.

    Each record is reverted on the result of the later ones; an edit between two records is kept. Raises ValueError
    without records.
    """
    if not records:
        raise ValueError("no records to revert")
    (_, current), *older = records
    for after, before in older:
        current = _revert_side(after, current, before)
    return current


def _revert_side(after: SpecSide, current: SpecSide, before: SpecSide) -> SpecSide:
    removed: dict[str, Removal] = dict.fromkeys(after.spec.components.keys() - before.spec.components.keys(), "remove")
    return SpecSide(
        merge_specs(after.spec, current.spec, before.spec, removed=removed).spec,
        merge_values(after.values, current.values, before.values, {})[0],
        merge_values(after.secrets, current.secrets, before.secrets, {})[0],
    )
