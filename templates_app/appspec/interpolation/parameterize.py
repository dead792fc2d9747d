"""A literal of a document becomes the default of a parameter, and the places that held it refer to that."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from templates_app.appspec.interpolation.syntax import TextError, names, plain
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import Fault, SpecError, dotted
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.schema.parse import parse, parse_component
from templates_app.appspec.schema.serialize import Tree, tree

type Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """A text without references; `path` is its place from the root, `name` what its parameter would be called."""

    path: Path
    value: str
    name: str

    @property
    def address(self) -> str:
        return dotted(self.path)


def literals(key: str, component: ComponentSpec) -> Iterator[Literal]:
    """The image, the variables and the published ports of a component that are no references yet.

    An empty text is none; of an address only its port is taken.
    """
    at = ("components", key)
    if value := _value(component.image):
        yield Literal((*at, "image"), value, parameter_name(f"{key}_IMAGE"))
    for name, text in component.env.items():
        if text and (value := _value(text)):
            yield Literal((*at, "env", name), value, parameter_name(name))
    for port, bindings in component.ports.items():
        for published in bindings:
            if value := _value(published.rpartition(":")[2]):
                yield Literal((*at, "ports", port, published), value, parameter_name(f"{key}_PORT"))


def same_as(spec: AppSpec, literal: Literal) -> tuple[Literal, ...]:
    """The other places of the document that hold the same value and mean a thing of the same kind."""
    every = (result for key, component in spec.components.items() for result in literals(key, component))
    return tuple(
        result
        for result in every
        if result.path != literal.path and result.value == literal.value and result.path[2] == literal.path[2]
    )


def free_name(spec: AppSpec, literal: Literal) -> str:
    """Its name; where a parameter is called so already, one with the component's key, then with a number."""
    desired = [literal.name, parameter_name(f"{literal.path[1]}_{literal.name}")]
    desired += [f"{desired[-1]}_{number}" for number in range(2, len(spec.parameters) + 3)]
    return next(name for name in desired if name not in spec.parameters)


def with_parameter(spec: AppSpec, name: str, parameter: Parameter, places: Iterable[Literal]) -> AppSpec:
    """The document with `name` declared, its default the value that the places hold, which refer to it.

    Raises SpecError where the name is taken, is none, or the places hold different values.
    """
    chosen = tuple(places)
    if name in spec.parameters:
        raise SpecError([Fault(f"parameters.{name}", "is there already")])
    if len({item.value for item in chosen}) != 1:
        raise SpecError([Fault(f"parameters.{name}", "stands for one value, and these are several")])
    components = dict(spec.components)
    for literal in chosen:
        key = literal.path[1]
        changed = _referring(tree(components[key]), literal.path[2:], name)
        components[key] = parse_component(changed, f"components.{key}")
    declared = parameter.model_copy(update={"default": chosen[0].value})
    update = {"components": components, "parameters": {**spec.parameters, name: declared}}
    return parse(spec.model_copy(update=update).plain)


def parameter_name(text: str) -> str:
    """ "web_image" → WEB_IMAGE."""
    name = re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_") or "VALUE"
    return f"_{name}" if name[0].isdigit() else name


def _value(text: str) -> str:
    """The text as the target gets it; "" where it refers to a parameter or cannot be read."""
    try:
        return "" if names(text) else plain(text, {})
    except TextError:
        return ""


def _referring(component: Tree, inside: Path, name: str) -> Tree:
    reference = f"${{{name}}}"
    if inside[0] == "image":
        return {**component, "image": reference}
    part = component[inside[0]]
    if not isinstance(part, dict):
        raise KeyError(dotted(inside))
    if inside[0] == "env":
        return {**component, "env": {**part, inside[1]: reference}}
    port, published = inside[1:]
    bindings = part[port]
    if not isinstance(bindings, dict):
        raise KeyError(dotted(inside))
    address = published.rpartition(":")[0]
    text = f"{address}:{reference}" if address else reference
    moved = {text if item == published else item: how for item, how in bindings.items()}
    return {**component, "ports": {**part, port: moved}}
