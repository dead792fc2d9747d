"""The document: one application as parameters, components, volumes and networks."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.field_meta import Impact, Is
from templates_app.appspec.schema.scalars import Key, ParameterName

FORMAT = 1


class Parameter(Record):
    """What a document leaves open. Fixed: the version decides. Asked: the installer may set it.

    `generate` is "password:LENGTH" or "hex:LENGTH": made once when nothing was set.
    """

    label: Annotated[str, Is("Label", Impact.NONE)] = ""
    description: Annotated[str, Is("Description", Impact.NONE)] = ""
    default: Annotated[str | None, Is("Default", Impact.NONE)] = None
    fixed: Annotated[bool, Is("Decided by the version", Impact.NONE)] = False
    required: Annotated[bool, Is("Required", Impact.NONE)] = False
    secret: Annotated[bool, Is("Secret", Impact.NONE)] = False
    choices: Annotated[tuple[str, ...], Is("Choices", Impact.NONE, atomic=True)] = ()
    generate: Annotated[
        str, Is("Generated as", Impact.NONE), Field(pattern=r"^(?:(?:password|hex):[1-9]\d{0,3})?$")
    ] = ""


class Volume(Record):
    """Where data stays. `name` is an explicit name on the target; external ones are made by others."""

    driver: Annotated[str, Is("Driver")] = ""
    options: Annotated[Mapping[str, str], Is("Options")] = Field(default_factory=dict)
    labels: Annotated[Mapping[str, str], Is("Labels")] = Field(default_factory=dict)
    external: Annotated[bool, Is("External")] = False
    name: Annotated[str, Is("Name on the target")] = ""


class Network(Record):
    """What components reach each other through."""

    driver: Annotated[str, Is("Driver")] = ""
    options: Annotated[Mapping[str, str], Is("Options")] = Field(default_factory=dict)
    labels: Annotated[Mapping[str, str], Is("Labels")] = Field(default_factory=dict)
    external: Annotated[bool, Is("External")] = False
    name: Annotated[str, Is("Name on the target")] = ""
    internal: Annotated[bool, Is("Internal")] = False
    attachable: Annotated[bool, Is("Attachable")] = False
    ipam: Annotated[JsonValue, Is("Addresses", atomic=True)] = None
    enable_ipv4: Annotated[bool | None, Is("IPv4")] = None
    enable_ipv6: Annotated[bool | None, Is("IPv6")] = None


class AppSpec(Record):
    """One whole application. Everything is a map keyed by identity, so that two are compared by key."""

    format: Annotated[Literal[1], Is("Format", Impact.NONE)] = 1
    parameters: Annotated[Mapping[ParameterName, Parameter], Is("Parameters", Impact.NONE)] = Field(
        default_factory=dict
    )
    components: Annotated[Mapping[Key, ComponentSpec], Is("Components")] = Field(default_factory=dict)
    volumes: Annotated[Mapping[Key, Volume], Is("Volumes")] = Field(default_factory=dict)
    networks: Annotated[Mapping[Key, Network], Is("Networks")] = Field(default_factory=dict)

    @cached_property
    def plain(self) -> dict[str, JsonValue]:
        """Put together from its parts', so that documents which share components share their plain form too."""
        maps: dict[str, Mapping[str, Record]] = {
            "parameters": self.parameters,
            "components": self.components,
            "volumes": self.volumes,
            "networks": self.networks,
        }
        return {name: {key: part.plain for key, part in parts.items()} for name, parts in maps.items() if parts}
