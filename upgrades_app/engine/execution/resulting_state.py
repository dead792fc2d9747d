"""What an application is when only some of a plan's steps arrived."""

from collections.abc import Mapping, Sequence

from templates_app.appspec.merge.merge import Removal, merge
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.resource_usage import parameters_of, uses_of
from upgrades_app.engine.inputs.planning_input import Side
from upgrades_app.engine.inputs.values import merge_values


def with_left(after: AppSpec, before: AppSpec, components: Mapping[str, ComponentSpec]) -> AppSpec:
    """`after` with these components in place of its own, and with the definitions of `before` that those of them use
    which are not as `after` has them."""
    left = [component for key, component in components.items() if component != after.components.get(key)]
    uses = [uses_of(component) for component in left]
    volumes = _only(before.volumes, frozenset[str]().union(*(use.volumes for use in uses)))
    networks = _only(before.networks, frozenset[str]().union(*(use.networks for use in uses)))
    parameters = _only(before.parameters, parameters_of([*left, *volumes.values(), *networks.values()]))
    return AppSpec(
        parameters={**parameters, **after.parameters},
        components=dict(components),
        volumes={**volumes, **after.volumes},
        networks={**networks, **after.networks},
    )


def _only[T](definitions: Mapping[str, T], names: frozenset[str]) -> dict[str, T]:
    return {name: t for name, t in definitions.items() if name in names}


def fold_back(records: Sequence[tuple[Side, Side]]) -> Side:
    """The side to return to, from (after, before) of each record since the last arrival there, newest first.

    Each record is taken back from what the later ones left; an edit made between two records stays. Raises
    ValueError without records.
    """
    if not records:
        raise ValueError("there is no record to go back over")
    (_, current), *older = records
    for after, before in older:
        current = _taken_back(after, current, before)
    return current


def _taken_back(after: Side, current: Side, before: Side) -> Side:
    removed: dict[str, Removal] = dict.fromkeys(after.spec.components.keys() - before.spec.components.keys(), "remove")
    return Side(
        merge(after.spec, current.spec, before.spec, removed=removed).spec,
        merge_values(after.values, current.values, before.values, {})[0],
        merge_values(after.secrets, current.secrets, before.secrets, {})[0],
    )
