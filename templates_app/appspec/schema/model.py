"""The document: parameters, components, volumes and networks of one application."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.field_meta import FieldMeta, Impact
from templates_app.appspec.schema.scalars import Key, ParameterName

FORMAT = 1


class Parameter(Record):
    """What a document leaves open. Fixed: the version decides. Asked: the installer may set it.

    `generate` is "password:LENGTH" or "hex:LENGTH": made once when nothing was set.
    """

    label: Annotated[str, FieldMeta("Label", Impact.NONE)] = ""
    description: Annotated[str, FieldMeta("Description", Impact.NONE)] = ""
    default: Annotated[str | None, FieldMeta("Default", Impact.NONE)] = None
    fixed: Annotated[bool, FieldMeta("Fixed by the version", Impact.NONE)] = False
    required: Annotated[bool, FieldMeta("Required", Impact.NONE)] = False
    secret: Annotated[bool, FieldMeta("Secret", Impact.NONE)] = False
    choices: Annotated[tuple[str, ...], FieldMeta("Choices", Impact.NONE, atomic=True)] = ()
    generate: Annotated[
        str, FieldMeta("Generated as", Impact.NONE), Field(pattern=r"^(?:(?:password|hex):[1-9]\d{0,3})?$")
    ] = ""


class Volume(Record):
    """A named volume. `name` is its explicit name on the target; external volumes are managed outside Uplift."""

    driver: Annotated[str, FieldMeta("Driver")] = ""
    options: Annotated[Mapping[str, str], FieldMeta("Options")] = Field(default_factory=dict)
    labels: Annotated[Mapping[str, str], FieldMeta("Labels")] = Field(default_factory=dict)
    external: Annotated[bool, FieldMeta("External")] = False
    name: Annotated[str, FieldMeta("Name on the target")] = ""


class Network(Record):
    """A network between components."""

    driver: Annotated[str, FieldMeta("Driver")] = ""
    options: Annotated[Mapping[str, str], FieldMeta("Options")] = Field(default_factory=dict)
    labels: Annotated[Mapping[str, str], FieldMeta("Labels")] = Field(default_factory=dict)
    external: Annotated[bool, FieldMeta("External")] = False
    name: Annotated[str, FieldMeta("Name on the target")] = ""
    internal: Annotated[bool, FieldMeta("Internal")] = False
    attachable: Annotated[bool, FieldMeta("Attachable")] = False
    ipam: Annotated[JsonValue, FieldMeta("Addresses", atomic=True)] = None
    enable_ipv4: Annotated[bool | None, FieldMeta("IPv4")] = None
    enable_ipv6: Annotated[bool | None, FieldMeta("IPv6")] = None


class AppSpec(Record):
    """One application. Everything is a map keyed by identity, so that documents are compared by key."""

    format: Annotated[Literal[1], FieldMeta("Format", Impact.NONE)] = 1
    parameters: Annotated[Mapping[ParameterName, Parameter], FieldMeta("Parameters", Impact.NONE)] = Field(
        default_factory=dict
    )
    components: Annotated[Mapping[Key, ComponentSpec], FieldMeta("Components")] = Field(default_factory=dict)
    volumes: Annotated[Mapping[Key, Volume], FieldMeta("Volumes")] = Field(default_factory=dict)
    networks: Annotated[Mapping[Key, Network], FieldMeta("Networks")] = Field(default_factory=dict)

    @cached_property
    def plain(self) -> dict[str, JsonValue]:
        """Plain JSON, built from the cached plain forms of its parts."""
        maps: dict[str, Mapping[str, Record]] = {
            "parameters": self.parameters,
            "components": self.components,
            "volumes": self.volumes,
            "networks": self.networks,
        }
        return {name: {key: part.plain for key, part in parts.items()} for name, parts in maps.items() if parts}
