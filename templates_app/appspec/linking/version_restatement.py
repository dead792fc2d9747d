"""Restate one side of an application in a version's terms, keeping its meaning."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import override

from templates_app.appspec.interpolation.render import render_spec
from templates_app.appspec.linking.equivalence import ResolvedSide, TextEquivalence
from templates_app.appspec.linking.restate import restate_component
from templates_app.appspec.schema.component import Record
from templates_app.appspec.schema.errors import Fault, SpecError
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.validation.resource_usage import (
    find_networks,
    find_parameters,
    find_resource_usage,
    find_volumes,
)


@dataclass(frozen=True, slots=True)
class VersionRestater:
    """`parameters` are the version's as the application has them from now on; `touched` is what is on the target."""

    version: AppSpec
    parameters: Mapping[str, Parameter]
    touched: frozenset[str]

    def restate(self, old: ResolvedSide, values: Mapping[str, str]) -> AppSpec:
        """Restate `old` with `values`. Raises SpecError if that would change something on the target."""
        own = {name: parameter for name, parameter in old.spec.parameters.items() if name not in self.parameters}
        new = ResolvedSide(AppSpec(parameters={**own, **self.parameters}), {**old.set_values, **values})
        spec = AppSpec(
            parameters=new.spec.parameters,
            components={
                key: restate_component(
                    self.version.components.get(key),
                    component,
                    "components",
                    TextEquivalence(new, old, key in self.touched),
                )
                for key, component in old.spec.components.items()
            },
            volumes=self._definitions("volumes", old.spec.volumes, new, old),
            networks=self._definitions("networks", old.spec.networks, new, old),
        )
        spec = _drop_unused(_add_definitions(spec, self.version), old.spec, own)
        self._hold(old, ResolvedSide(spec, new.set_values))
        return spec

    def _definitions[R: Record](
        self, section: str, ours: Mapping[str, R], new: ResolvedSide, old: ResolvedSide
    ) -> dict[str, R]:
        theirs: Mapping[str, R] = getattr(self.version, section)
        alike = TextEquivalence(new, old, strict=bool(self.touched))
        return {key: restate_component(theirs.get(key), part, section, alike) for key, part in ours.items()}

    def _hold(self, before: ResolvedSide, after: ResolvedSide) -> None:
        keys = sorted(self.touched & before.spec.components.keys())
        if not keys:
            return
        old, new = (render_spec(_find_sealed(side), side.values) for side in (before, after))
        moved = [key for key in keys if _list_parts(old, key) != _list_parts(new, key)]
        if moved:
            raise SpecError(Fault(f"components.{key}", "would have another name on the target") for key in moved)


def _list_parts(rendered: AppSpec, key: str) -> tuple[Record, Mapping[str, Record], Mapping[str, Record]]:
    """Return what a plan compares of one component."""
    component = rendered.components[key]
    return component, find_volumes(rendered, component), find_networks(rendered, component)


def _add_definitions(spec: AppSpec, version: AppSpec) -> AppSpec:
    """Add the volumes and networks of the version that are not used yet; later components may use them."""
    uses = [find_resource_usage(component) for component in spec.components.values()]
    volumes = _merge_definitions(spec.volumes, version.volumes, (use.volumes for use in uses))
    networks = _merge_definitions(spec.networks, version.networks, (use.networks for use in uses))
    return spec.model_copy(update={"volumes": volumes, "networks": networks})


def _merge_definitions[R: Record](
    ours: Mapping[str, R], theirs: Mapping[str, R], used: Iterable[frozenset[str]]
) -> dict[str, R]:
    items = ours.keys() | frozenset[str]().union(*used)
    return {**ours, **{name: r for name, r in theirs.items() if name not in items}}


def _drop_unused(spec: AppSpec, before: AppSpec, own: Mapping[str, Parameter]) -> AppSpec:
    """Drop parameters of the application that are replaced by the version's."""
    used, was = find_parameters_in_use(spec), find_parameters_in_use(before)
    remaining = {
        name: parameter
        for name, parameter in spec.parameters.items()
        if name not in own or name in used or name not in was
    }
    return spec.model_copy(update={"parameters": remaining})


def find_parameters_in_use(spec: AppSpec) -> frozenset[str]:
    """Return the parameters that texts of the document refer to."""
    return find_parameters([*spec.components.values(), *spec.volumes.values(), *spec.networks.values()])


def _find_sealed(held: ResolvedSide) -> AppSpec:
    parameters = {
        name: parameter.model_copy(update={"secret": True}) if name in held.sealed else parameter
        for name, parameter in held.spec.parameters.items()
    }
    return held.spec.model_copy(update={"parameters": parameters})


class _SameWords(TextEquivalence):
    """What does not read the same stays as it is written."""

    @override
    def __call__(self, new: str, old: str) -> bool:
        return new == old or super().__call__(new, old)

    @override
    def settled(self, old: str) -> str:
        return old


def restate_spec(ours: ResolvedSide, other: ResolvedSide) -> AppSpec:
    """Return `other` with the texts of `ours` where both have the same meaning; parameters that are no longer used are
    dropped."""
    alike = _SameWords(ours, other, strict=False)
    spec = other.spec.model_copy(
        update={
            "components": _restate_section(ours.spec.components, other.spec.components, "components", alike),
            "volumes": _restate_section(ours.spec.volumes, other.spec.volumes, "volumes", alike),
            "networks": _restate_section(ours.spec.networks, other.spec.networks, "networks", alike),
        }
    )
    idle = find_parameters_in_use(other.spec) - find_parameters_in_use(spec) - ours.spec.parameters.keys()
    remaining = {name: parameter for name, parameter in other.spec.parameters.items() if name not in idle}
    return spec.model_copy(update={"parameters": remaining})


def _restate_section[R: Record](
    ours: Mapping[str, R], parts: Mapping[str, R], section: str, alike: TextEquivalence
) -> dict[str, R]:
    return {key: restate_component(ours.get(key), part, section, alike) for key, part in parts.items()}
