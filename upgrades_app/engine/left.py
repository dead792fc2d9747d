"""What an application is when only some of a plan's steps arrived."""

from collections.abc import Mapping

from templates_app.spec.component import ComponentSpec
from templates_app.spec.model import AppSpec
from templates_app.spec.uses import parameters_of, uses_of


def with_left(after: AppSpec, before: AppSpec, components: Mapping[str, ComponentSpec]) -> AppSpec:
    """`after` with these components in place of its own, and with the definitions of `before` that those of them use
    which are not as `after` has them."""
    left = [one for key, one in components.items() if one != after.components.get(key)]
    uses = [uses_of(one) for one in left]
    volumes = _only(before.volumes, frozenset[str]().union(*(one.volumes for one in uses)))
    networks = _only(before.networks, frozenset[str]().union(*(one.networks for one in uses)))
    parameters = _only(before.parameters, parameters_of([*left, *volumes.values(), *networks.values()]))
    return AppSpec(
        parameters={**parameters, **after.parameters},
        components=dict(components),
        volumes={**volumes, **after.volumes},
        networks={**networks, **after.networks},
    )


def _only[T](definitions: Mapping[str, T], names: frozenset[str]) -> dict[str, T]:
    return {name: one for name, one in definitions.items() if name in names}
