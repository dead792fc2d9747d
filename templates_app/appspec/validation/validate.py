"""Whether a document holds together: everything that one component alone cannot say."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from templates_app.appspec.interpolation.render import render
from templates_app.appspec.interpolation.syntax import TextError, names
from templates_app.appspec.interpolation.text_rewriter import Path, texts
from templates_app.appspec.presentation.path_labels import spoken_place
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.errors import Fault, SpecError, dotted
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.validation.explicit_names import CONTAINER_NAME
from templates_app.appspec.validation.ports import port_faults
from templates_app.appspec.validation.resource_usage import DEFAULT_NETWORK, SHARES_NETWORK_OF, needs_of

_MOST_CIRCLES = 10
_ABSOLUTE = re.compile(r"/|\$|[A-Za-z]:\\")
"""Also what a parameter decides, and as Windows writes it."""


def check(spec: AppSpec, values: Mapping[str, str] | None = None) -> tuple[Fault, ...]:
    """Everything that keeps a document from being used, in the order of the document.

    With `values` (the effective ones, secrets too) it is rendered first, and the values are looked at as well.
    """
    faults = [*_parameter_faults(spec.parameters), *_reference_faults(spec)]
    if values is not None:
        faults.extend(_value_faults(spec.parameters, values))
        try:
            spec = render(spec, values)
        except SpecError as error:
            return tuple(dict.fromkeys([*faults, *error.faults]))
    for key, component in spec.components.items():
        faults.extend(_component_faults(spec, ("components", key), component))
    return (*faults, *_cycles(spec), *port_faults(spec), *_same_names(spec))


def _same_names(spec: AppSpec) -> Iterator[Fault]:
    """A container's name is given once on a target."""
    provided: dict[str, str] = {}
    for key, component in spec.components.items():
        name = str(component.engine.get(CONTAINER_NAME) or "")
        if name and (other := provided.setdefault(name, key)) != key:
            place = f"components.{key}.engine.{CONTAINER_NAME}"
            yield Fault(place, f"'{name}' is the name of {other}'s container too; give one of them another")


def incomplete(spec: AppSpec) -> tuple[Fault, ...]:
    """What a source may lack and a publication may not: an image for each component."""
    return tuple(
        Fault(f"components.{key}.image", "is not given; every component of a version needs an image")
        for key, component in spec.components.items()
        if not component.image
    )


def check_given(parameters: Mapping[str, Parameter], provided: Mapping[str, str]) -> tuple[Fault, ...]:
    """What is wrong with the values that somebody sets: unknown, decided by the version, or not among the choices."""
    return tuple(
        Fault(f"parameters.{name}", message)
        for name, value in provided.items()
        if (message := _refused(name, value, parameters.get(name)))
    )


def _refused(name: str, value: str, parameter: Parameter | None) -> str:
    if parameter is None:
        return f"there is no parameter {name}"
    if parameter.fixed:
        return "is decided by the version and cannot be set"
    return _not_a_choice(parameter, value)


def _not_a_choice(parameter: Parameter, value: str) -> str:
    if not parameter.choices or value in parameter.choices:
        return ""
    text = "the value" if parameter.secret else f"'{value}'"
    return f"{text} is not one of {', '.join(parameter.choices)}"


def _parameter_faults(parameters: Mapping[str, Parameter]) -> Iterator[Fault]:
    for name, parameter in parameters.items():
        if parameter.secret and parameter.default is not None:
            yield Fault(f"parameters.{name}.default", "a secret parameter has no default: no document holds a secret")
        elif parameter.default is not None and (message := _not_a_choice(parameter, parameter.default)):
            yield Fault(f"parameters.{name}.default", message)
        if parameter.fixed and parameter.secret:
            yield Fault(f"parameters.{name}.fixed", "a secret cannot be decided by the version")


def _value_faults(parameters: Mapping[str, Parameter], values: Mapping[str, str]) -> Iterator[Fault]:
    for name, parameter in parameters.items():
        value = values.get(name, "")
        if parameter.required and not value:
            yield Fault(f"parameters.{name}", f"{parameter.label or name} needs a value")
        elif name in values and (message := _not_a_choice(parameter, value)):
            yield Fault(f"parameters.{name}", message)


def _reference_faults(spec: AppSpec) -> Iterator[Fault]:
    sections: Mapping[str, Mapping[str, Record]] = {
        "components": spec.components,
        "volumes": spec.volumes,
        "networks": spec.networks,
    }
    for section, parts in sections.items():
        for key, part in parts.items():
            for path, text in texts(part):
                if "$" in text:
                    yield from _text_faults((section, key, *path), text, spec.parameters)


def _text_faults(path: Path, text: str, parameters: Mapping[str, Parameter]) -> Iterator[Fault]:
    try:
        unknown = sorted(names(text) - parameters.keys())
    except TextError as error:
        yield Fault(dotted(path), str(error))
        return
    for name in unknown:
        yield Fault(dotted(path), f"refers to {name}, which is no parameter of this document")


def _component_faults(spec: AppSpec, at: Path, component: ComponentSpec) -> Iterator[Fault]:
    for key, dependency in component.depends_on.items():
        if key not in spec.components and dependency.required is not False:
            yield Fault(dotted((*at, "depends_on", key)), f"there is no component {key}")
    for key in component.networks:
        if key not in spec.networks and key != DEFAULT_NETWORK:
            yield Fault(dotted((*at, "networks", key)), f"there is no network {key}")
    shared = component.network_mode.removeprefix(SHARES_NETWORK_OF)
    if shared != component.network_mode and shared not in spec.components and "$" not in shared:
        yield Fault(dotted((*at, "network_mode")), f"there is no component {shared}")
    yield from _mount_faults(spec, at, component)


def _mount_faults(spec: AppSpec, at: Path, component: ComponentSpec) -> Iterator[Fault]:
    observed: dict[str, str] = {}
    for path, mount in component.mounts.items():
        place = dotted((*at, "mounts", path))
        if mount.kind == "volume" and mount.source and "$" not in mount.source and mount.source not in spec.volumes:
            yield Fault(place, f"there is no volume {mount.source}")
        if not _ABSOLUTE.match(path):
            yield Fault(place, f"{path} is no path in a container: it has to begin with /")
        yield from _taken(observed, path, place)
    for path in component.config_files:
        yield from _taken(observed, path, dotted((*at, "config_files", path)))


def _taken(observed: dict[str, str], path: str, place: str) -> Iterator[Fault]:
    first = observed.setdefault(posixpath.normpath(path), place)
    if first != place:
        yield Fault(place, f"something lies at this path already: {spoken_place(first)}")


def _cycles(spec: AppSpec) -> Iterator[Fault]:
    """One fault for every circle, broken where it was found so that the next one shows."""
    needs = {
        key: {dependency for dependency in needs_of(component) if dependency in spec.components}
        for key, component in spec.components.items()
    }
    for _ in range(_MOST_CIRCLES):
        circle = _circle(needs)
        if not circle:
            return
        first, second = circle[0], circle[1]
        yield Fault(f"components.{first}.depends_on", f"the components wait for each other: {' → '.join(circle)}")
        needs[first].discard(second)


def _circle(needs: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        result: list[str] = error.args[1]
        circle = result[:0:-1]
        start = circle.index(min(circle))
        return [*circle[start:], *circle[:start], circle[start]]
    return []
