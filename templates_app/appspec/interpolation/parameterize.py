"""Replace a literal of a document by a parameter with that default."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from templates_app.appspec.interpolation.syntax import TextError, find_names, substitute_all
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import Fault, SpecError, join_path
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.schema.parse import parse_component, parse_spec
from templates_app.appspec.schema.serialize import JsonTree, to_plain

type Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiteralText:
    """A text without references; `path` starts at the document's root, `name` is the suggested parameter name."""

    path: Path
    value: str
    name: str

    @property
    def address(self) -> str:
        return join_path(self.path)


def find_literals(key: str, component: ComponentSpec) -> Iterator[LiteralText]:
    """Return the image, variables and published ports of a component that contain no references. Empty texts are
    skipped; of an address, only the port is returned."""
    at = ("components", key)
    if value := _get_value(component.image):
        yield LiteralText((*at, "image"), value, suggest_parameter_name(f"{key}_IMAGE"))
    for name, text in component.env.items():
        if text and (value := _get_value(text)):
            yield LiteralText((*at, "env", name), value, suggest_parameter_name(name))
    for port, bindings in component.ports.items():
        for published in bindings:
            if value := _get_value(published.rpartition(":")[2]):
                yield LiteralText((*at, "ports", port, published), value, suggest_parameter_name(f"{key}_PORT"))


def find_equal_literals(spec: AppSpec, literal: LiteralText) -> tuple[LiteralText, ...]:
    """Return the other places of the document with the same value and the same kind of field."""
    every = (result for key, component in spec.components.items() for result in find_literals(key, component))
    return tuple(
        result
        for result in every
        if result.path != literal.path and result.value == literal.value and result.path[2] == literal.path[2]
    )


def find_free_name(spec: AppSpec, literal: LiteralText) -> str:
    """Return the name, prefixed with the component's key or numbered if it is already used."""
    desired = [literal.name, suggest_parameter_name(f"{literal.path[1]}_{literal.name}")]
    desired += [f"{desired[-1]}_{number}" for number in range(2, len(spec.parameters) + 3)]
    return next(name for name in desired if name not in spec.parameters)


def replace_literals(spec: AppSpec, name: str, parameter: Parameter, places: Iterable[LiteralText]) -> AppSpec:
    """Declare parameter `name` with the value of these places as default, and let the places refer to it. Raises
    SpecError if the name is used or invalid, or if the values differ."""
    chosen = tuple(places)
    if name in spec.parameters:
        raise SpecError([Fault(f"parameters.{name}", "is there already")])
    if len({item.value for item in chosen}) != 1:
        raise SpecError([Fault(f"parameters.{name}", "stands for one value, and these are several")])
    components = dict(spec.components)
    for literal in chosen:
        key = literal.path[1]
        changed = _replace_with_reference(to_plain(components[key]), literal.path[2:], name)
        components[key] = parse_component(changed, f"components.{key}")
    declared = parameter.model_copy(update={"default": chosen[0].value})
    update = {"components": components, "parameters": {**spec.parameters, name: declared}}
    return parse_spec(spec.model_copy(update=update).plain)


def suggest_parameter_name(text: str) -> str:
    """ "web_image" → WEB_IMAGE."""
    name = re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_") or "VALUE"
    return f"_{name}" if name[0].isdigit() else name


def _get_value(text: str) -> str:
    """Return the text as the target receives it; "" if it contains references or is invalid."""
    try:
        return "" if find_names(text) else substitute_all(text, {})
    except TextError:
        return ""


def _replace_with_reference(component: JsonTree, inside: Path, name: str) -> JsonTree:
    reference = f"${{{name}}}"
    if inside[0] == "image":
        return {**component, "image": reference}
    part = component[inside[0]]
    if not isinstance(part, dict):
        raise KeyError(join_path(inside))
    if inside[0] == "env":
        return {**component, "env": {**part, inside[1]: reference}}
    port, published = inside[1:]
    bindings = part[port]
    if not isinstance(bindings, dict):
        raise KeyError(join_path(inside))
    address = published.rpartition(":")[0]
    text = f"{address}:{reference}" if address else reference
    moved = {text if item == published else item: how for item, how in bindings.items()}
    return {**component, "ports": {**part, port: moved}}
