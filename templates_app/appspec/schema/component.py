"""One component of the document: everything a target needs to run it.

Field names follow the Compose Specification where it has one. Everything with an identity is a map keyed by it.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from templates_app.appspec.schema.field_meta import FieldMeta, Impact
from templates_app.appspec.schema.scalars import (
    Boolean,
    Decimal,
    Duration,
    EnvName,
    FileMode,
    Integer,
    Key,
    MountPath,
    Size,
)


class Record(BaseModel):
    """A frozen part of the document; unknown fields are rejected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @cached_property
    def plain(self) -> dict[str, JsonValue]:
        """The part as plain JSON without default values, cached. Treat it as read-only."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("plain", None)
        return copied


Port = Annotated[str, StringConstraints(pattern=r"^[^/\s]+/(tcp|udp|sctp|\$.*)$")]
Binding = Annotated[str, StringConstraints(pattern=r"^\S*$")]
ProbeKind = Literal["startup", "liveness", "readiness"]


class PortOptions(Record):
    """Options of one published address."""

    mode: Annotated[Literal["ingress", "host"], FieldMeta("Publish mode")] = "ingress"
    name: Annotated[str, FieldMeta("Name", Impact.NONE)] = ""
    app_protocol: Annotated[str, FieldMeta("Application protocol", Impact.NONE)] = ""


class Mount(Record):
    """The source of a mount path: a named or anonymous volume, a tmpfs, or a host path."""

    kind: Annotated[Literal["volume", "tmpfs", "host"], FieldMeta("Kind")] = "volume"
    source: Annotated[str, FieldMeta("Source")] = ""
    read_only: Annotated[Boolean, FieldMeta("Read only")] = False
    size: Annotated[Size | None, FieldMeta("Size")] = None
    mode: Annotated[FileMode | None, FieldMeta("Mode")] = None
    options: Annotated[Mapping[str, JsonValue], FieldMeta("Options")] = Field(default_factory=dict)

    @property
    def writes_volume(self) -> bool:
        return self.kind == "volume" and self.read_only is not True


class ConfigFile(Record):
    """A file in the container; `interpolate` says whether `${NAME}` in its content is a reference."""

    content: Annotated[str, FieldMeta("Content")] = ""
    encoding: Annotated[Literal["text", "base64"], FieldMeta("Encoding")] = "text"
    external: Annotated[str, FieldMeta("Kept by the target as")] = ""
    mode: Annotated[FileMode | None, FieldMeta("Mode")] = None
    uid: Annotated[str, FieldMeta("Owner")] = ""
    gid: Annotated[str, FieldMeta("Group")] = ""
    secret: Annotated[bool, FieldMeta("Secret")] = False
    interpolate: Annotated[bool, FieldMeta("Holds references")] = False


class HttpProbe(Record):
    """A GET request that must return 200–399."""

    path: Annotated[str, FieldMeta("Path")] = "/"
    port: Annotated[Integer, FieldMeta("Port")]
    scheme: Annotated[Literal["http", "https"], FieldMeta("Scheme")] = "http"


class Probe(Record):
    """A health check. Exactly one of command, shell, http and tcp is set, unless it is disabled."""

    command: Annotated[tuple[str, ...] | None, FieldMeta("Command", atomic=True)] = None
    shell: Annotated[str | None, FieldMeta("Shell command")] = None
    http: Annotated[HttpProbe | None, FieldMeta("HTTP request")] = None
    tcp: Annotated[Integer | None, FieldMeta("TCP port")] = None
    disabled: Annotated[Boolean, FieldMeta("Switched off")] = False
    interval: Annotated[Duration | None, FieldMeta("Interval")] = None
    timeout: Annotated[Duration | None, FieldMeta("Timeout")] = None
    retries: Annotated[Integer | None, FieldMeta("Retries")] = None
    start_period: Annotated[Duration | None, FieldMeta("Start period")] = None
    start_interval: Annotated[Duration | None, FieldMeta("Interval while starting")] = None

    @model_validator(mode="after")
    def _one_check(self) -> "Probe":
        provided = [integer for integer in (self.command, self.shell, self.http, self.tcp) if integer is not None]
        if len(provided) > 1 or (not provided and self.disabled is False):
            raise ValueError("needs exactly one of command, shell, http or tcp")
        return self


class Resources(Record):
    """CPUs as a fraction of cores, memory in bytes; the limit is hard, the reservation is kept free."""

    cpu_limit: Annotated[Decimal | None, FieldMeta("CPU limit", Impact.IN_PLACE)] = None
    cpu_reservation: Annotated[Decimal | None, FieldMeta("CPU reservation", Impact.IN_PLACE)] = None
    memory_limit: Annotated[Size | None, FieldMeta("Memory limit", Impact.IN_PLACE)] = None
    memory_reservation: Annotated[Size | None, FieldMeta("Memory reservation", Impact.IN_PLACE)] = None
    pids_limit: Annotated[Integer | None, FieldMeta("Process limit", Impact.IN_PLACE)] = None
    devices: Annotated[JsonValue, FieldMeta("Devices", atomic=True)] = None


class NetworkUse(Record):
    """Aliases and addresses of a component in one network."""

    aliases: Annotated[tuple[str, ...], FieldMeta("Aliases", atomic=True)] = ()
    ipv4_address: Annotated[str, FieldMeta("IPv4 address")] = ""
    ipv6_address: Annotated[str, FieldMeta("IPv6 address")] = ""
    options: Annotated[Mapping[str, JsonValue], FieldMeta("Options")] = Field(default_factory=dict)


class Dependency(Record):
    """The condition that another component must meet before this one starts."""

    condition: Annotated[Literal["started", "healthy", "completed"], FieldMeta("Condition", Impact.NONE)] = "started"
    required: Annotated[Boolean, FieldMeta("Required", Impact.NONE)] = True
    restart: Annotated[Boolean, FieldMeta("Restart with dependency", Impact.NONE)] = False


class Stop(Record):
    """Stop signal and grace period."""

    signal: Annotated[str, FieldMeta("Signal")] = ""
    grace: Annotated[Duration | None, FieldMeta("Grace period")] = None


class HealthGate(Record):
    """A changed component must become healthy within `deadline` and stay healthy for `minimum`."""

    deadline: Annotated[Duration, FieldMeta("Deadline", Impact.NONE)] = "5m"
    minimum: Annotated[Duration, FieldMeta("Minimum healthy time", Impact.NONE)] = "10s"


class ComponentSpec(Record):
    """One component. Keys of its maps may contain references until it is rendered."""

    name: Annotated[str, FieldMeta("Name", Impact.NONE)] = ""
    kind: Annotated[Literal["service", "job"], FieldMeta("Kind")] = "service"
    run: Annotated[Literal["start", "pre_upgrade", "post_upgrade"] | None, FieldMeta("Runs at", Impact.NONE)] = None
    image: Annotated[str, FieldMeta("Image", atomic=True)] = ""
    entrypoint: Annotated[tuple[str, ...] | None, FieldMeta("Entrypoint", atomic=True)] = None
    command: Annotated[tuple[str, ...] | None, FieldMeta("Command", atomic=True)] = None
    user: Annotated[str, FieldMeta("User")] = ""
    working_dir: Annotated[str, FieldMeta("Working directory")] = ""
    env: Annotated[Mapping[EnvName, str | None], FieldMeta("Environment")] = Field(default_factory=dict)
    ports: Annotated[
        Mapping[Port, Annotated[Mapping[Binding, PortOptions], FieldMeta("Published as", renames=True)]],
        FieldMeta("Ports"),
    ] = Field(default_factory=dict)
    mounts: Annotated[Mapping[MountPath, Mount], FieldMeta("Mounts")] = Field(default_factory=dict)
    config_files: Annotated[Mapping[MountPath, ConfigFile], FieldMeta("Config files")] = Field(default_factory=dict)
    probes: Annotated[Mapping[ProbeKind, Annotated[Probe, FieldMeta("Probe", atomic=True)]], FieldMeta("Probes")] = (
        Field(default_factory=dict)
    )
    resources: Annotated[Resources, FieldMeta("Resources", Impact.IN_PLACE)] = Resources()
    replicas: Annotated[Integer, FieldMeta("Replicas", Impact.IN_PLACE)] = 1
    networks: Annotated[Mapping[Key, NetworkUse], FieldMeta("Networks")] = Field(default_factory=dict)
    network_mode: Annotated[str, FieldMeta("Network mode")] = ""
    depends_on: Annotated[Mapping[Key, Dependency], FieldMeta("Depends on", Impact.NONE)] = Field(default_factory=dict)
    labels: Annotated[Mapping[str, str], FieldMeta("Labels")] = Field(default_factory=dict)
    restart: Annotated[str, FieldMeta("Restart policy", Impact.IN_PLACE)] = ""
    stop: Annotated[Stop, FieldMeta("Stop")] = Stop()
    health_gate: Annotated[HealthGate, FieldMeta("Health gate", Impact.NONE)] = HealthGate()
    data_compatible: Annotated[bool, FieldMeta("Data stays compatible", Impact.NONE)] = False
    engine: Annotated[Mapping[str, JsonValue], FieldMeta("Engine options")] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _jobs_run_at_start(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("kind") == "job" and data.get("run") is None:
            return {**data, "run": "start"}
        return data

    @property
    def writes_data(self) -> bool:
        return any(mount.writes_volume for mount in self.mounts.values())
