"""One side of an application in a version's words, with what it means kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import override

from templates_app.appspec.interpolation.render import render
from templates_app.appspec.linking.equivalence import Alike, Held
from templates_app.appspec.linking.restate import overlaid
from templates_app.appspec.schema.component import Record
from templates_app.appspec.schema.errors import Fault, SpecError
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.validation.resource_usage import networks_of, parameters_of, uses_of, volumes_of


@dataclass(frozen=True, slots=True)
class Teller:
    """`parameters` are the version's as the application has them from now on; `touched` is what is on the target."""

    version: AppSpec
    parameters: Mapping[str, Parameter]
    touched: frozenset[str]

    def told(self, old: Held, values: Mapping[str, str]) -> AppSpec:
        """`old` with `values` set, told anew. Raises SpecError where that would change something on the target."""
        own = {name: parameter for name, parameter in old.spec.parameters.items() if name not in self.parameters}
        new = Held(AppSpec(parameters={**own, **self.parameters}), {**old.given, **values})
        spec = AppSpec(
            parameters=new.spec.parameters,
            components={
                key: overlaid(
                    self.version.components.get(key), component, "components", Alike(new, old, key in self.touched)
                )
                for key, component in old.spec.components.items()
            },
            volumes=self._definitions("volumes", old.spec.volumes, new, old),
            networks=self._definitions("networks", old.spec.networks, new, old),
        )
        spec = _without_idle(_with_definitions(spec, self.version), old.spec, own)
        self._hold(old, Held(spec, new.given))
        return spec

    def _definitions[R: Record](self, section: str, ours: Mapping[str, R], new: Held, old: Held) -> dict[str, R]:
        theirs: Mapping[str, R] = getattr(self.version, section)
        alike = Alike(new, old, strict=bool(self.touched))
        return {key: overlaid(theirs.get(key), part, section, alike) for key, part in ours.items()}

    def _hold(self, before: Held, after: Held) -> None:
        keys = sorted(self.touched & before.spec.components.keys())
        if not keys:
            return
        old, new = (render(_sealed(side), side.values) for side in (before, after))
        moved = [key for key in keys if _parts(old, key) != _parts(new, key)]
        if moved:
            raise SpecError(Fault(f"components.{key}", "would be another one on the target") for key in moved)


def _parts(rendered: AppSpec, key: str) -> tuple[Record, Mapping[str, Record], Mapping[str, Record]]:
    """What a plan compares of one component."""
    component = rendered.components[key]
    return component, volumes_of(rendered, component), networks_of(rendered, component)


def _with_definitions(spec: AppSpec, version: AppSpec) -> AppSpec:
    """With the version's volumes and networks that nothing here uses: components that are still to come may."""
    uses = [uses_of(component) for component in spec.components.values()]
    volumes = _more(spec.volumes, version.volumes, (use.volumes for use in uses))
    networks = _more(spec.networks, version.networks, (use.networks for use in uses))
    return spec.model_copy(update={"volumes": volumes, "networks": networks})


def _more[R: Record](ours: Mapping[str, R], theirs: Mapping[str, R], used: Iterable[frozenset[str]]) -> dict[str, R]:
    items = ours.keys() | frozenset[str]().union(*used)
    return {**ours, **{name: r for name, r in theirs.items() if name not in items}}


def _without_idle(spec: AppSpec, before: AppSpec, own: Mapping[str, Parameter]) -> AppSpec:
    """Without the application's own parameters that only stood where the version's stand now."""
    used, was = used_in(spec), used_in(before)
    remaining = {
        name: parameter
        for name, parameter in spec.parameters.items()
        if name not in own or name in used or name not in was
    }
    return spec.model_copy(update={"parameters": remaining})


def used_in(spec: AppSpec) -> frozenset[str]:
    """The parameters that a document's texts refer to."""
    return parameters_of([*spec.components.values(), *spec.volumes.values(), *spec.networks.values()])


def _sealed(held: Held) -> AppSpec:
    parameters = {
        name: parameter.model_copy(update={"secret": True}) if name in held.sealed else parameter
        for name, parameter in held.spec.parameters.items()
    }
    return held.spec.model_copy(update={"parameters": parameters})


class _SameWords(Alike):
    """What does not read the same stays as it is written."""

    @override
    def __call__(self, new: str, old: str) -> bool:
        return new == old or super().__call__(new, old)

    @override
    def settled(self, old: str) -> str:
        return old


def in_words_of(ours: Held, other: Held) -> AppSpec:
    """`other` with the texts of `ours` where the target would get the same from both; a parameter that only stood in
    texts which are told otherwise now is left out."""
    alike = _SameWords(ours, other, strict=False)
    spec = other.spec.model_copy(
        update={
            "components": _told(ours.spec.components, other.spec.components, "components", alike),
            "volumes": _told(ours.spec.volumes, other.spec.volumes, "volumes", alike),
            "networks": _told(ours.spec.networks, other.spec.networks, "networks", alike),
        }
    )
    idle = used_in(other.spec) - used_in(spec) - ours.spec.parameters.keys()
    remaining = {name: parameter for name, parameter in other.spec.parameters.items() if name not in idle}
    return spec.model_copy(update={"parameters": remaining})


def _told[R: Record](ours: Mapping[str, R], parts: Mapping[str, R], section: str, alike: Alike) -> dict[str, R]:
    return {key: overlaid(ours.get(key), part, section, alike) for key, part in parts.items()}
