"""Published ports under other numbers: in the document's texts, or in the values of the parameters that decide them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from templates_app.appspec.interpolation.render import effective
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.validation.port_allocation import wanted
from templates_app.appspec.validation.ports import Published


@dataclass(frozen=True, slots=True)
class Movable:
    """One host port that may be another one: at a place of the document, or by the parameter that decides it."""

    component: str
    port: str
    binding: str
    address: Published
    parameter: str = ""

    @property
    def id(self) -> str:
        return self.parameter or f"{self.component} {self.port} {self.binding}"

    def binding_at(self, port: int) -> str:
        """What the document says to publish it on another host port."""
        address, colon, _ = self.binding.rpartition(":")
        return f"{address}{colon}{port}"


def movable(spec: AppSpec, values: Mapping[str, str]) -> tuple[Movable, ...]:
    """The single ports that the document publishes with `values`, each once; ranges are left as they are."""
    held = effective(spec.parameters, values)
    result = {port.id: port for key, part in spec.components.items() for port in _of_component(spec, key, part, held)}
    return tuple(result.values())


def literal(spec: AppSpec) -> tuple[Movable, ...]:
    """The single ports whose number stands in the document itself, where no value decides it."""
    return tuple(port for port in movable(spec, {}) if not port.parameter)


def literal_as(spec: AppSpec, ports: Mapping[str, int]) -> dict[str, Movable]:
    """The literal ports by the ids they have in the document that `moved` makes of this one with `ports`."""
    return {
        replace(port, binding=port.binding_at(ports.get(port.id, port.address.first))).id: port
        for port in literal(spec)
    }


def moved(spec: AppSpec, values: Mapping[str, str], ports: Mapping[str, int]) -> tuple[AppSpec, dict[str, str]]:
    """The document, and the values to set, so that what `ports` names by its id is published there."""
    result: dict[str, str] = {}
    renamed: dict[tuple[str, str], dict[str, str]] = {}
    for item in movable(spec, values):
        port = ports.get(item.id, item.address.first)
        if port == item.address.first:
            continue
        if item.parameter:
            result[item.parameter] = str(port)
        else:
            renamed.setdefault((item.component, item.port), {})[item.binding] = item.binding_at(port)
    components = dict(spec.components)
    for (key, at), names in renamed.items():
        components[key] = _published_as(components[key], at, names)
    return spec.model_copy(update={"components": components}), result


def _of_component(spec: AppSpec, key: str, part: ComponentSpec, values: Mapping[str, str]) -> Iterator[Movable]:
    for port, bindings in part.ports.items():
        for binding in bindings:
            for item in wanted({key: ComponentSpec(ports={port: {binding: {}}})}, values):
                decides = item.parameter if _may_be_set(spec.parameters.get(item.parameter)) else ""
                if item.address.first == item.address.last and (decides or "$" not in binding):
                    yield Movable(key, port, binding, item.address, decides)


def _may_be_set(parameter: Parameter | None) -> bool:
    return parameter is not None and not (parameter.fixed or parameter.secret or parameter.choices)


def _published_as(part: ComponentSpec, port: str, names: Mapping[str, str]) -> ComponentSpec:
    """All at once, so that two may change places. Where two would become one, both stay."""
    existing = part.ports[port]
    bindings = {names.get(old, old): options for old, options in existing.items()}
    if len(bindings) < len(existing):
        return part
    return part.model_copy(update={"ports": {**part.ports, port: bindings}})
