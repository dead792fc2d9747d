"""Change host ports in a document or in the parameters that set them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from templates_app.appspec.interpolation.render import get_effective_values
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.validation.port_allocation import list_requested_ports
from templates_app.appspec.validation.ports import PublishedPort


@dataclass(frozen=True, slots=True)
class RemappablePort:
    """One host port that may be another one: at a place of the document, or by the parameter that decides it."""

    component: str
    port: str
    binding: str
    address: PublishedPort
    parameter: str = ""

    @property
    def id(self) -> str:
        return self.parameter or f"{self.component} {self.port} {self.binding}"

    def binding_at(self, port: int) -> str:
        """What the document says to publish it on another host port."""
        address, colon, _ = self.binding.rpartition(":")
        return f"{address}{colon}{port}"


def list_remappable_ports(spec: AppSpec, values: Mapping[str, str]) -> tuple[RemappablePort, ...]:
    """The single ports that the document publishes with `values`, each once; ranges are left as they are."""
    held = get_effective_values(spec.parameters, values)
    result = {
        port.id: port for key, part in spec.components.items() for port in _list_component_ports(spec, key, part, held)
    }
    return tuple(result.values())


def get_literal_port(spec: AppSpec) -> tuple[RemappablePort, ...]:
    """The single ports whose number stands in the document itself, where no value decides it."""
    return tuple(port for port in list_remappable_ports(spec, {}) if not port.parameter)


def replace_literal_port(spec: AppSpec, ports: Mapping[str, int]) -> dict[str, RemappablePort]:
    """The literal ports by the ids they have in the document that `moved` makes of this one with `ports`."""
    return {
        replace(port, binding=port.binding_at(ports.get(port.id, port.address.first))).id: port
        for port in get_literal_port(spec)
    }


def remap_ports(spec: AppSpec, values: Mapping[str, str], ports: Mapping[str, int]) -> tuple[AppSpec, dict[str, str]]:
    """The document, and the values to set, so that what `ports` names by its id is published there."""
    result: dict[str, str] = {}
    renamed: dict[tuple[str, str], dict[str, str]] = {}
    for item in list_remappable_ports(spec, values):
        port = ports.get(item.id, item.address.first)
        if port == item.address.first:
            continue
        if item.parameter:
            result[item.parameter] = str(port)
        else:
            renamed.setdefault((item.component, item.port), {})[item.binding] = item.binding_at(port)
    components = dict(spec.components)
    for (key, at), names in renamed.items():
        components[key] = _find_binding(components[key], at, names)
    return spec.model_copy(update={"components": components}), result


def _list_component_ports(
    spec: AppSpec, key: str, part: ComponentSpec, values: Mapping[str, str]
) -> Iterator[RemappablePort]:
    for port, bindings in part.ports.items():
        for binding in bindings:
            for item in list_requested_ports({key: ComponentSpec(ports={port: {binding: {}}})}, values):
                decides = item.parameter if _is_settable(spec.parameters.get(item.parameter)) else ""
                if item.address.first == item.address.last and (decides or "$" not in binding):
                    yield RemappablePort(key, port, binding, item.address, decides)


def _is_settable(parameter: Parameter | None) -> bool:
    return parameter is not None and not (parameter.fixed or parameter.secret or parameter.choices)


def _find_binding(part: ComponentSpec, port: str, names: Mapping[str, str]) -> ComponentSpec:
    """All at once, so that two may change places. Where two would become one, both stay."""
    existing = part.ports[port]
    bindings = {names.get(old, old): options for old, options in existing.items()}
    if len(bindings) < len(existing):
        return part
    return part.model_copy(update={"ports": {**part.ports, port: bindings}})
