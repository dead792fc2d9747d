"""What the engine says about its things, as far as the driver reads it."""

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

type Tree = dict[str, JsonValue]

RUNNING = frozenset({"running", "paused", "restarting"})

Labels = Annotated[Mapping[str, str], BeforeValidator(lambda value: value or {})]
_TIME = TypeAdapter(datetime)


class View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Check(View):
    exit_code: int = Field(0, alias="ExitCode")
    output: str = Field("", alias="Output")


class Health(View):
    status: str = Field("", alias="Status")
    log: Annotated[tuple[Check, ...], BeforeValidator(lambda value: value or ())] = Field((), alias="Log")


class Running(View):
    """How a container is doing: created, running, paused, restarting, exited or dead."""

    status: str = Field(alias="Status")
    exit_code: int = Field(0, alias="ExitCode")
    error: str = Field("", alias="Error")
    out_of_memory: bool = Field(default=False, alias="OOMKilled")
    started_at: str = Field("", alias="StartedAt")
    health: Health | None = Field(None, alias="Health")

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @property
    def checked(self) -> str:
        """starting, healthy or unhealthy; nothing where the engine checks nothing."""
        status = self.health.status if self.health else ""
        return "" if status == "none" else status


class Config(View):
    image: str = Field("", alias="Image")
    labels: Labels = Field(default_factory=dict, alias="Labels")
    healthcheck: Mapping[str, JsonValue] | None = Field(None, alias="Healthcheck")


class Endpoint(View):
    aliases: Annotated[tuple[str, ...], BeforeValidator(lambda value: value or ())] = Field((), alias="Aliases")
    address: str = Field("", alias="IPAddress")


class Joined(View):
    networks: Annotated[Mapping[str, Endpoint], BeforeValidator(lambda value: value or {})] = Field(
        default_factory=dict, alias="Networks"
    )
    ports: Annotated[Mapping[str, JsonValue], BeforeValidator(lambda value: value or {})] = Field(
        default_factory=dict, alias="Ports"
    )


class Mounted(View):
    kind: str = Field("", alias="Type")
    name: str = Field("", alias="Name")
    source: str = Field("", alias="Source")
    path: str = Field("", alias="Destination")


class Container(View):
    id: str = Field(alias="Id")
    slashed: str = Field(alias="Name")
    image_id: str = Field("", alias="Image")
    state: Running = Field(alias="State")
    restarts: int = Field(0, alias="RestartCount")
    config: Config = Field(alias="Config")
    host: Mapping[str, JsonValue] = Field(default_factory=dict, alias="HostConfig")
    joined: Joined = Field(default_factory=Joined, alias="NetworkSettings")
    mounts: Annotated[tuple[Mounted, ...], BeforeValidator(lambda value: value or ())] = Field((), alias="Mounts")
    document: SkipValidation[Tree] = Field(default_factory=dict, repr=False)
    """All that the engine said, in its own words."""

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, data: Any) -> Any:
        return {**data, "document": data} if isinstance(data, dict) else data

    @property
    def name(self) -> str:
        return self.slashed.removeprefix("/")

    @property
    def labels(self) -> Mapping[str, str]:
        return self.config.labels

    @property
    def starts_again(self) -> bool:
        """Whether the engine itself may start it after it has ended."""
        policy = self.host.get("RestartPolicy")
        return isinstance(policy, dict) and policy.get("Name") not in {"no", ""}


class Image(View):
    id: str = Field(alias="Id")
    architecture: str = Field("", alias="Architecture")
    system: str = Field("linux", alias="Os")
    config: Mapping[str, JsonValue] | None = Field(None, alias="Config")

    @property
    def volumes(self) -> frozenset[str]:
        declared = (self.config or {}).get("Volumes")
        return frozenset(declared) if isinstance(declared, dict) else frozenset()


class Volume(View):
    name: str = Field(alias="Name")
    driver: str = Field("local", alias="Driver")
    labels: Labels = Field(default_factory=dict, alias="Labels")
    options: Labels = Field(default_factory=dict, alias="Options")


class Network(View):
    id: str = Field(alias="Id")
    name: str = Field(alias="Name")
    driver: str = Field("bridge", alias="Driver")
    internal: bool = Field(default=False, alias="Internal")
    labels: Labels = Field(default_factory=dict, alias="Labels")
    options: Labels = Field(default_factory=dict, alias="Options")
    ipam: Mapping[str, JsonValue] = Field(default_factory=dict, alias="IPAM")


class Info(View):
    """The engine itself."""

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


class Listed(View):
    """A container as the list of all has it; ports are what it has on the host while it runs."""

    id: str = Field(alias="Id")
    names: tuple[str, ...] = Field((), alias="Names")
    image: str = Field("", alias="Image")
    state: str = Field("", alias="State")
    labels: Labels = Field(default_factory=dict, alias="Labels")
    ports: Annotated[tuple[Mapping[str, JsonValue], ...], BeforeValidator(lambda value: value or ())] = Field(
        (), alias="Ports"
    )
    mounts: Annotated[tuple[Mounted, ...], BeforeValidator(lambda value: value or ())] = Field((), alias="Mounts")
    joined: Joined = Field(default_factory=Joined, alias="NetworkSettings")

    @property
    def name(self) -> str:
        return next((name.removeprefix("/") for name in self.names if name.count("/") == 1), self.id[:12])

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING


def seconds_between(earlier: str, later: str) -> float:
    """Seconds from one of the engine's times to another; 0 where one is not set."""
    try:
        return (_moment(later) - _moment(earlier)).total_seconds()
    except ValueError:
        return 0.0


def _moment(text: str) -> datetime:
    moment = _TIME.validate_python(_without_nanoseconds(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _without_nanoseconds(text: str) -> str:
    head, dot, tail = text.partition(".")
    digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
    return head + dot + digits[:6] + tail[len(digits) :]
