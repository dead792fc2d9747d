"""Models of the engine's responses, with the fields that the driver uses."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    SkipValidation,
    TypeAdapter,
    model_validator,
)

type InspectTree = dict[str, JsonValue]

RUNNING_STATES = frozenset({"running", "paused", "restarting"})

Labels = Annotated[Mapping[str, str], BeforeValidator(lambda value: value or {})]
_TIME = TypeAdapter(datetime)


class EngineModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class HealthProbe(EngineModel):
    exit_code: int = Field(0, alias="ExitCode")
    output: str = Field("", alias="Output")


class HealthState(EngineModel):
    status: str = Field("", alias="Status")
    log: Annotated[tuple[HealthProbe, ...], BeforeValidator(lambda value: value or ())] = Field((), alias="Log")


class RunState(EngineModel):
    """State of a container; `status` is created, running, paused, restarting, exited or dead."""

    status: str = Field(alias="Status")
    exit_code: int = Field(0, alias="ExitCode")
    error: str = Field("", alias="Error")
    out_of_memory: bool = Field(default=False, alias="OOMKilled")
    started_at: str = Field("", alias="StartedAt")
    health: HealthState | None = Field(None, alias="Health")

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING_STATES

    @property
    def health_status(self) -> str:
        """Return starting, healthy or unhealthy; "" without a health check."""
        status = self.health.status if self.health else ""
        return "" if status == "none" else status


class ContainerConfig(EngineModel):
    image: str = Field("", alias="Image")
    labels: Labels = Field(default_factory=dict, alias="Labels")
    healthcheck: Mapping[str, JsonValue] | None = Field(None, alias="Healthcheck")


class Endpoint(EngineModel):
    aliases: Annotated[tuple[str, ...], BeforeValidator(lambda value: value or ())] = Field((), alias="Aliases")
    address: str = Field("", alias="IPAddress")


class NetworkSettings(EngineModel):
    networks: Annotated[Mapping[str, Endpoint], BeforeValidator(lambda value: value or {})] = Field(
        default_factory=dict, alias="Networks"
    )
    ports: Annotated[Mapping[str, JsonValue], BeforeValidator(lambda value: value or {})] = Field(
        default_factory=dict, alias="Ports"
    )


class MountPoint(EngineModel):
    kind: str = Field("", alias="Type")
    name: str = Field("", alias="Name")
    source: str = Field("", alias="Source")
    path: str = Field("", alias="Destination")


class EngineContainer(EngineModel):
    id: str = Field(alias="Id")
    raw_name: str = Field(alias="Name")
    image_id: str = Field("", alias="Image")
    state: RunState = Field(alias="State")
    restarts: int = Field(0, alias="RestartCount")
    config: ContainerConfig = Field(alias="Config")
    host_config: Mapping[str, JsonValue] = Field(default_factory=dict, alias="HostConfig")
    network_settings: NetworkSettings = Field(default_factory=NetworkSettings, alias="NetworkSettings")
    mounts: Annotated[tuple[MountPoint, ...], BeforeValidator(lambda value: value or ())] = Field((), alias="Mounts")
    document: SkipValidation[InspectTree] = Field(default_factory=dict, repr=False)
    """The whole inspect document."""

    @model_validator(mode="before")
    @classmethod
    def _keep_document(cls, data: Any) -> Any:
        return {**data, "document": data} if isinstance(data, dict) else data

    @property
    def name(self) -> str:
        return self.raw_name.removeprefix("/")

    @property
    def labels(self) -> Mapping[str, str]:
        return self.config.labels

    @property
    def has_restart_policy(self) -> bool:
        """Whether the engine restarts the container after it has ended."""
        policy = self.host_config.get("RestartPolicy")
        return isinstance(policy, dict) and policy.get("Name") not in {"no", ""}


class EngineImage(EngineModel):
    id: str = Field(alias="Id")
    architecture: str = Field("", alias="Architecture")
    system: str = Field("linux", alias="Os")
    config: Mapping[str, JsonValue] | None = Field(None, alias="Config")

    @property
    def volumes(self) -> frozenset[str]:
        declared = (self.config or {}).get("Volumes")
        return frozenset(declared) if isinstance(declared, dict) else frozenset()


class EngineVolume(EngineModel):
    name: str = Field(alias="Name")
    driver: str = Field("local", alias="Driver")
    labels: Labels = Field(default_factory=dict, alias="Labels")
    options: Labels = Field(default_factory=dict, alias="Options")


class EngineNetwork(EngineModel):
    id: str = Field(alias="Id")
    name: str = Field(alias="Name")
    driver: str = Field("bridge", alias="Driver")
    internal: bool = Field(default=False, alias="Internal")
    labels: Labels = Field(default_factory=dict, alias="Labels")
    options: Labels = Field(default_factory=dict, alias="Options")
    ipam: Mapping[str, JsonValue] = Field(default_factory=dict, alias="IPAM")


class EngineInfo(EngineModel):
    """Information about an engine."""

    id: str = Field("", alias="ID")
    system: str = Field("linux", alias="OSType")
    architecture: str = Field("", alias="Architecture")
    version: str = Field("", alias="ServerVersion")
    time: str = Field("", alias="SystemTime")
    root: str = Field("", alias="DockerRootDir")
    name: str = Field("", alias="Name")
    runtime: str = Field("", alias="DefaultRuntime")
    logging: str = Field("", alias="LoggingDriver")
    cgroups: str = Field("", alias="CgroupVersion")


class ContainerSummary(EngineModel):
    """A container in a list; `ports` are its host ports while it runs."""

    id: str = Field(alias="Id")
    names: tuple[str, ...] = Field((), alias="Names")
    image: str = Field("", alias="Image")
    state: str = Field("", alias="State")
    labels: Labels = Field(default_factory=dict, alias="Labels")
    ports: Annotated[tuple[Mapping[str, JsonValue], ...], BeforeValidator(lambda value: value or ())] = Field(
        (), alias="Ports"
    )
    mounts: Annotated[tuple[MountPoint, ...], BeforeValidator(lambda value: value or ())] = Field((), alias="Mounts")
    network_settings: NetworkSettings = Field(default_factory=NetworkSettings, alias="NetworkSettings")

    @property
    def name(self) -> str:
        return next((name.removeprefix("/") for name in self.names if name.count("/") == 1), self.id[:12])

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING_STATES


def seconds_between(earlier: str, later: str) -> float:
    """Return the seconds between two timestamps of the engine; 0 where one is not set."""
    try:
        return (_parse_time(later) - _parse_time(earlier)).total_seconds()
    except ValueError:
        return 0.0


def _parse_time(text: str) -> datetime:
    moment = _TIME.validate_python(_truncate_nanoseconds(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _truncate_nanoseconds(text: str) -> str:
    head, dot, tail = text.partition(".")
    digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
    return head + dot + digits[:6] + tail[len(digits) :]
