"""One component of the document: everything a target needs to run it.

Field names follow the Compose Specification where it has one. Everything with an identity is a map keyed by it.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from templates_app.appspec.schema.field_meta import Impact, Is
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
    """A frozen part of the document that knows no field but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @cached_property
    def plain(self) -> dict[str, JsonValue]:
        """The part as plain JSON without what only repeats a default, made once. Treat it as read-only."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("plain", None)
        return copied


Port = Annotated[str, StringConstraints(pattern=r"^[^/\s]+/(tcp|udp|sctp|\$.*)$")]
Binding = Annotated[str, StringConstraints(pattern=r"^\S*$")]
ProbeKind = Literal["startup", "liveness", "readiness"]


class PortOptions(Record):
    """What one published address says beside its number."""

    mode: Annotated[Literal["ingress", "host"], Is("Publish mode")] = "ingress"
    name: Annotated[str, Is("Name", Impact.NONE)] = ""
    app_protocol: Annotated[str, Is("Application protocol", Impact.NONE)] = ""


class Mount(Record):
    """What lies at a path: a named (or, without source, anonymous) volume, a tmpfs, or a path of the host."""

    kind: Annotated[Literal["volume", "tmpfs", "host"], Is("Kind")] = "volume"
    source: Annotated[str, Is("Source")] = ""
    read_only: Annotated[Boolean, Is("Read only")] = False
    size: Annotated[Size | None, Is("Size")] = None
    mode: Annotated[FileMode | None, Is("Mode")] = None
    options: Annotated[Mapping[str, JsonValue], Is("Options")] = Field(default_factory=dict)

    @property
    def writes_volume(self) -> bool:
        return self.kind == "volume" and self.read_only is not True


class ConfigFile(Record):
    """A file put into the component; `interpolate` says whether `${NAME}` in it is a reference or plain text."""

    content: Annotated[str, Is("Content")] = ""
    encoding: Annotated[Literal["text", "base64"], Is("Encoding")] = "text"
    external: Annotated[str, Is("Kept by the target as")] = ""
    mode: Annotated[FileMode | None, Is("Mode")] = None
    uid: Annotated[str, Is("Owner")] = ""
    gid: Annotated[str, Is("Group")] = ""
    secret: Annotated[bool, Is("Secret")] = False
    interpolate: Annotated[bool, Is("Holds references")] = False


class HttpCheck(Record):
    """A GET that answers 200–399."""

    path: Annotated[str, Is("Path")] = "/"
    port: Annotated[Integer, Is("Port")]
    scheme: Annotated[Literal["http", "https"], Is("Scheme")] = "http"


class Probe(Record):
    """One check of health. Exactly one of command, shell, http and tcp is set, unless it is disabled."""

    command: Annotated[tuple[str, ...] | None, Is("Command", atomic=True)] = None
    shell: Annotated[str | None, Is("Shell command")] = None
    http: Annotated[HttpCheck | None, Is("HTTP request")] = None
    tcp: Annotated[Integer | None, Is("TCP port")] = None
    disabled: Annotated[Boolean, Is("Switched off")] = False
    interval: Annotated[Duration | None, Is("Interval")] = None
    timeout: Annotated[Duration | None, Is("Timeout")] = None
    retries: Annotated[Integer | None, Is("Retries")] = None
    start_period: Annotated[Duration | None, Is("Start period")] = None
    start_interval: Annotated[Duration | None, Is("Interval while starting")] = None

    @model_validator(mode="after")
    def _one_check(self) -> "Probe":
        provided = [integer for integer in (self.command, self.shell, self.http, self.tcp) if integer is not None]
        if len(provided) > 1 or (not provided and self.disabled is False):
            raise ValueError("needs exactly one of command, shell, http or tcp")
        return self


class Resources(Record):
    """CPUs as a fraction of cores, memory in bytes; the limit is hard, the reservation is kept free."""

    cpu_limit: Annotated[Decimal | None, Is("CPU limit", Impact.IN_PLACE)] = None
    cpu_reservation: Annotated[Decimal | None, Is("CPU reservation", Impact.IN_PLACE)] = None
    memory_limit: Annotated[Size | None, Is("Memory limit", Impact.IN_PLACE)] = None
    memory_reservation: Annotated[Size | None, Is("Memory reservation", Impact.IN_PLACE)] = None
    pids_limit: Annotated[Integer | None, Is("Process limit", Impact.IN_PLACE)] = None
    devices: Annotated[JsonValue, Is("Devices", atomic=True)] = None


class NetworkUse(Record):
    """How a component is reached in one network."""

    aliases: Annotated[tuple[str, ...], Is("Aliases", atomic=True)] = ()
    ipv4_address: Annotated[str, Is("IPv4 address")] = ""
    ipv6_address: Annotated[str, Is("IPv6 address")] = ""
    options: Annotated[Mapping[str, JsonValue], Is("Options")] = Field(default_factory=dict)


class Dependency(Record):
    """What must be true of another component before this one starts."""

    condition: Annotated[Literal["started", "healthy", "completed"], Is("Condition", Impact.NONE)] = "started"
    required: Annotated[Boolean, Is("Required", Impact.NONE)] = True
    restart: Annotated[Boolean, Is("Restarted with it", Impact.NONE)] = False


class Stop(Record):
    """How it is asked to end."""

    signal: Annotated[str, Is("Signal")] = ""
    grace: Annotated[Duration | None, Is("Grace period")] = None


class HealthGate(Record):
    """When a changed component counts as good: healthy within `deadline`, and for at least `minimum`."""

    deadline: Annotated[Duration, Is("Deadline", Impact.NONE)] = "5m"
    minimum: Annotated[Duration, Is("Minimum healthy time", Impact.NONE)] = "10s"


class ComponentSpec(Record):
    """One component; keys of its maps may hold references until it is rendered."""

    name: Annotated[str, Is("Name", Impact.NONE)] = ""
    kind: Annotated[Literal["service", "job"], Is("Kind")] = "service"
    run: Annotated[Literal["start", "pre_upgrade", "post_upgrade"] | None, Is("Runs at", Impact.NONE)] = None
    image: Annotated[str, Is("Image", atomic=True)] = ""
    entrypoint: Annotated[tuple[str, ...] | None, Is("Entrypoint", atomic=True)] = None
    command: Annotated[tuple[str, ...] | None, Is("Command", atomic=True)] = None
    user: Annotated[str, Is("User")] = ""
    working_dir: Annotated[str, Is("Working directory")] = ""
    env: Annotated[Mapping[EnvName, str | None], Is("Environment")] = Field(default_factory=dict)
    ports: Annotated[
        Mapping[Port, Annotated[Mapping[Binding, PortOptions], Is("Published as", renames=True)]], Is("Ports")
    ] = Field(default_factory=dict)
    mounts: Annotated[Mapping[MountPath, Mount], Is("Mounts")] = Field(default_factory=dict)
    config_files: Annotated[Mapping[MountPath, ConfigFile], Is("Config files")] = Field(default_factory=dict)
    probes: Annotated[Mapping[ProbeKind, Annotated[Probe, Is("Probe", atomic=True)]], Is("Probes")] = Field(
        default_factory=dict
    )
    resources: Annotated[Resources, Is("Resources", Impact.IN_PLACE)] = Resources()
    replicas: Annotated[Integer, Is("Replicas", Impact.IN_PLACE)] = 1
    networks: Annotated[Mapping[Key, NetworkUse], Is("Networks")] = Field(default_factory=dict)
    network_mode: Annotated[str, Is("Network mode")] = ""
    depends_on: Annotated[Mapping[Key, Dependency], Is("Depends on", Impact.NONE)] = Field(default_factory=dict)
    labels: Annotated[Mapping[str, str], Is("Labels")] = Field(default_factory=dict)
    restart: Annotated[str, Is("Restart policy", Impact.IN_PLACE)] = ""
    stop: Annotated[Stop, Is("Stop")] = Stop()
    health_gate: Annotated[HealthGate, Is("Health gate", Impact.NONE)] = HealthGate()
    data_compatible: Annotated[bool, Is("Data stays compatible", Impact.NONE)] = False
    engine: Annotated[Mapping[str, JsonValue], Is("Engine options")] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _jobs_run_at_start(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("kind") == "job" and data.get("run") is None:
            return {**data, "run": "start"}
        return data

    @property
    def writes_data(self) -> bool:
        return any(mount.writes_volume for mount in self.mounts.values())
