"""Validation rules across components of a document."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from templates_app.appspec.interpolation.render import render_spec
from templates_app.appspec.interpolation.syntax import TextError, find_names
from templates_app.appspec.interpolation.text_rewriter import Path, find_texts
from templates_app.appspec.presentation.path_labels import describe_dotted_path
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.errors import Fault, SpecError, join_path
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.validation.explicit_names import CONTAINER_NAME
from templates_app.appspec.validation.ports import find_port_faults
from templates_app.appspec.validation.resource_usage import DEFAULT_NETWORK, SHARES_NETWORK_OF, find_dependencies

_MOST_CIRCLES = 10
_ABSOLUTE = re.compile(r"/|\$|[A-Za-z]:\\")
"""Also what a parameter decides, and as Windows writes it."""


def validate_spec(spec: AppSpec, values: Mapping[str, str] | None = None) -> tuple[Fault, ...]:
    """Everything that keeps a document from being used, in the order of the document.

    With `values` (the effective ones, secrets too) it is rendered first, and the values are looked at as well.
    """
    faults = [*_find_parameter_faults(spec.parameters), *_find_reference_faults(spec)]
    if values is not None:
        faults.extend(_find_declaration_faults(spec.parameters, values))
        try:
            spec = render_spec(spec, values)
        except SpecError as error:
            return tuple(dict.fromkeys([*faults, *error.faults]))
    for key, component in spec.components.items():
        faults.extend(_find_component_faults(spec, ("components", key), component))
    return (*faults, *_find_cycles(spec), *find_port_faults(spec), *_find_duplicate_names(spec))


def _find_duplicate_names(spec: AppSpec) -> Iterator[Fault]:
    """A container's name is given once on a target."""
    provided: dict[str, str] = {}
    for key, component in spec.components.items():
        name = str(component.engine.get(CONTAINER_NAME) or "")
        if name and (other := provided.setdefault(name, key)) != key:
            place = f"components.{key}.engine.{CONTAINER_NAME}"
            yield Fault(place, f"'{name}' is also the container name of {other}; change one of them")


def find_missing_values(spec: AppSpec) -> tuple[Fault, ...]:
    """What a source may lack and a publication may not: an image for each component."""
    return tuple(
        Fault(f"components.{key}.image", "is missing; every component of a version needs an image")
        for key, component in spec.components.items()
        if not component.image
    )


def validate_values(parameters: Mapping[str, Parameter], provided: Mapping[str, str]) -> tuple[Fault, ...]:
    """What is wrong with the values that somebody sets: unknown, decided by the version, or not among the choices."""
    return tuple(
        Fault(f"parameters.{name}", message)
        for name, value in provided.items()
        if (message := _find_value_faults(name, value, parameters.get(name)))
    )


def _find_value_faults(name: str, value: str, parameter: Parameter | None) -> str:
    if parameter is None:
        return f"unknown parameter {name}"
    if parameter.fixed:
        return "is fixed by the version and cannot be set"
    return _find_choice_fault(parameter, value)


def _find_choice_fault(parameter: Parameter, value: str) -> str:
    if not parameter.choices or value in parameter.choices:
        return ""
    text = "the value" if parameter.secret else f"'{value}'"
    return f"{text} is not one of {', '.join(parameter.choices)}"


def _find_parameter_faults(parameters: Mapping[str, Parameter]) -> Iterator[Fault]:
    for name, parameter in parameters.items():
        if parameter.secret and parameter.default is not None:
            yield Fault(
                f"parameters.{name}.default",
                "a secret parameter cannot have a default, because documents contain no secrets",
            )
        elif parameter.default is not None and (message := _find_choice_fault(parameter, parameter.default)):
            yield Fault(f"parameters.{name}.default", message)
        if parameter.fixed and parameter.secret:
            yield Fault(f"parameters.{name}.fixed", "a secret cannot be fixed by the version")


def _find_declaration_faults(parameters: Mapping[str, Parameter], values: Mapping[str, str]) -> Iterator[Fault]:
    for name, parameter in parameters.items():
        value = values.get(name, "")
        if parameter.required and not value:
            yield Fault(f"parameters.{name}", f"{parameter.label or name} needs a value")
        elif name in values and (message := _find_choice_fault(parameter, value)):
            yield Fault(f"parameters.{name}", message)


def _find_reference_faults(spec: AppSpec) -> Iterator[Fault]:
    sections: Mapping[str, Mapping[str, Record]] = {
        "components": spec.components,
        "volumes": spec.volumes,
        "networks": spec.networks,
    }
    for section, parts in sections.items():
        for key, part in parts.items():
            for path, text in find_texts(part):
                if "$" in text:
                    yield from _find_text_faults((section, key, *path), text, spec.parameters)


def _find_text_faults(path: Path, text: str, parameters: Mapping[str, Parameter]) -> Iterator[Fault]:
    try:
        unknown = sorted(find_names(text) - parameters.keys())
    except TextError as error:
        yield Fault(join_path(path), str(error))
        return
    for name in unknown:
        yield Fault(join_path(path), f"refers to unknown parameter {name}")


def _find_component_faults(spec: AppSpec, at: Path, component: ComponentSpec) -> Iterator[Fault]:
    for key, dependency in component.depends_on.items():
        if key not in spec.components and dependency.required is not False:
            yield Fault(join_path((*at, "depends_on", key)), f"unknown component {key}")
    for key in component.networks:
        if key not in spec.networks and key != DEFAULT_NETWORK:
            yield Fault(join_path((*at, "networks", key)), f"unknown network {key}")
    shared = component.network_mode.removeprefix(SHARES_NETWORK_OF)
    if shared != component.network_mode and shared not in spec.components and "$" not in shared:
        yield Fault(join_path((*at, "network_mode")), f"unknown component {shared}")
    yield from _find_mount_faults(spec, at, component)


def _find_mount_faults(spec: AppSpec, at: Path, component: ComponentSpec) -> Iterator[Fault]:
    observed: dict[str, str] = {}
    for path, mount in component.mounts.items():
        place = join_path((*at, "mounts", path))
        if mount.kind == "volume" and mount.source and "$" not in mount.source and mount.source not in spec.volumes:
            yield Fault(place, f"unknown volume {mount.source}")
        if not _ABSOLUTE.match(path):
            yield Fault(place, f"{path} is not an absolute container path")
        yield from _find_duplicate(observed, path, place)
    for path in component.config_files:
        yield from _find_duplicate(observed, path, join_path((*at, "config_files", path)))


def _find_duplicate(observed: dict[str, str], path: str, place: str) -> Iterator[Fault]:
    first = observed.setdefault(posixpath.normpath(path), place)
    if first != place:
        yield Fault(place, f"this path is already used by {describe_dotted_path(first)}")


def _find_cycles(spec: AppSpec) -> Iterator[Fault]:
    """One fault for every circle, broken where it was found so that the next one shows."""
    needs = {
        key: {dependency for dependency in find_dependencies(component) if dependency in spec.components}
        for key, component in spec.components.items()
    }
    for _ in range(_MOST_CIRCLES):
        circle = _find_cycle(needs)
        if not circle:
            return
        first, second = circle[0], circle[1]
        yield Fault(f"components.{first}.depends_on", f"circular dependency: {' → '.join(circle)}")
        needs[first].discard(second)


def _find_cycle(needs: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        result: list[str] = error.args[1]
        circle = result[:0:-1]
        start = circle.index(min(circle))
        return [*circle[start:], *circle[:start], circle[start]]
    return []
