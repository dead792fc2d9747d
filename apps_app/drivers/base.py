"""What every target can do, whatever it is made of. Drivers know specs; they know no plans and no database."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from apps_app.drivers.issues import Holder, PreflightIssue
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import Network, Volume


class ComponentState(StrEnum):
    """What a component is doing on its target, as far as the driver can know."""

    WRITTEN = "written"
    DIFFERS = "differs"
    NOT_WRITTEN = "not_written"
    STARTING = "starting"
    RUNNING = "running"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    STOPPED = "stopped"
    EXITED = "exited"
    COMPLETED = "completed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class DriverInfo:
    """What answered a ping: "git", "2 applications in var/git" / "docker", "28.5.1 on linux/amd64".

    `identity` is the same for ever, whatever address leads to it; "" where there is no such thing.
    """

    kind: str
    version: str
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """The application as a driver knows it: `uid` identifies it for ever, `slug` names its things."""

    uid: str
    slug: str


@dataclass(frozen=True, slots=True)
class ComponentPart:
    """One component, rendered, with all that it needs on the target.

    References to secret parameters are still `${NAME}` in the component's text (and `$$` is a dollar); `secrets` has
    their values, for the driver to put where they do not leak. `volumes` and `networks` are the definitions it uses.
    `digest` is keyed and covers component, definitions and secrets: equal digest, nothing to do.
    """

    component: ComponentSpec
    digest: str
    volumes: Mapping[str, Volume] = field(default_factory=dict)
    networks: Mapping[str, Network] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ObservedComponent:
    """A component as it is on the target; `digest` is the applied part's, or "" where what is there is not that."""

    state: ComponentState
    digest: str = ""
    detail: str = ""

    @property
    def present(self) -> bool:
        return self.state not in {ComponentState.NOT_WRITTEN, ComponentState.MISSING}


@dataclass(frozen=True, slots=True)
class LiveComponent:
    """What a component is on its target, field by field, in the document's words.

    `component` is the applied one with what differs there as it is there: the applied text stays wherever the target
    has just that (None: nothing of ours is there). `volumes` and `networks` define what it uses there and its part does
    not know. `beside` says, in sentences, what differs and no field can say.
    """

    component: ComponentSpec | None
    volumes: Mapping[str, Volume] = field(default_factory=dict)
    networks: Mapping[str, Network] = field(default_factory=dict)
    other_differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegistryCredentials:
    """What a registry of images wants to know before it gives one."""

    username: str
    password: str = field(repr=False)


type CredentialsByRegistry = Mapping[str, RegistryCredentials]
"""By registry host, as image names have it; `docker.io` where they have none."""


@dataclass(frozen=True, slots=True)
class TransferProgress:
    """How far something is that is being brought to the target, in bytes of those known so far."""

    subject: str
    done: int
    total: int


type ProgressCallback = Callable[[TransferProgress], None]


class ResourceKind(StrEnum):
    """What two on one target cannot both have, or should know of each other."""

    PORT = "port"
    NAME = "name"
    VOLUME = "volume"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class UsedResource:
    """A resource that somebody else uses on a target: a port ("8080/tcp", "127.0.0.1:8080/tcp"), the name of a
    container or volume, or a path of the host."""

    kind: ResourceKind
    resource: str
    holder: Holder


@dataclass(frozen=True, slots=True)
class OperationNote:
    """Why a session happens, for the target's own history: a subject line, a body, and who.

    The note also tells runs apart: a session whose note equals that of one left unfinished takes up where that one
    was, so the note of a record's second attempt must be the first one's, and two records must not share one.
    """

    subject: str
    body: str
    operator: str


@dataclass(frozen=True, slots=True)
class SessionResult:
    """What a finished session left: a sentence ("written as commit 3e1a9c2") and the whole reference alone."""

    summary: str
    reference: str = ""


class Session(Protocol):
    """One run of changes to one application. Every verb is idempotent: doing it twice is doing it once."""

    def apply(self, key: str, part: ComponentPart) -> None:
        """Make component `key` look like `part`: create, update, restart or replace it. Raises DriverError."""

    def restore(self, key: str, part: ComponentPart) -> bool:
        """Make component `key` look like `part` again, as it was before this session; whether anything had to be
        touched for it. It waits for nothing that the component needs. Raises DriverError."""

    def remove(self, key: str) -> None:
        """Take component `key` away, keeping its volumes; fine when it is not there. Raises DriverError."""

    def remove_volume(self, name: str) -> None:
        """Delete a named volume and its data; fine when it is not there. Targets that run nothing hold no data and
        do nothing. Raises DriverError."""

    def wait_for_health(self, key: str, part: ComponentPart) -> str:
        """Wait until the component is good; the sentence says how that was known. Raises DriverError when it is not."""

    def start(self, key: str) -> None:
        """Start the component as it is there; fine when it runs. Raises DriverError, permanent where nothing runs."""

    def stop(self, key: str) -> None:
        """End the component and keep it there; fine when it does not run. Raises DriverError, as start does."""

    def restart(self, key: str) -> None:
        """Stop and start the component as it is there. Raises DriverError, as start does."""

    def finish(self) -> SessionResult:
        """Make everything of this session lasting; a second time it only says again what is there.

        A session left without it leaves the target as it was found where the target can do so (git), else as far as
        the verbs came (docker, memory). Raises DriverError."""


class Driver(Protocol):
    """A target. Every method raises DriverError and nothing else."""

    starts_containers: bool
    """False: it writes, it starts nothing."""

    def ping(self) -> DriverInfo:
        """Is it there?"""

    def read(self, app: Placement) -> Mapping[str, ObservedComponent]:
        """What is there of this application, by component key; what was never there, or is not ours, is left out."""

    def list_volumes(self, app: Placement) -> frozenset[str]:
        """The keys of the application's named volumes that are there with their data, whether anything uses them."""

    def read_live(self, app: Placement, parts: Mapping[str, ComponentPart]) -> Mapping[str, LiveComponent]:
        """These components, as they were applied, against what is there; what is not there, and nothing is to be said
        of, is left out."""

    def accept_drift(self, app: Placement, note: OperationNote, key: str, part: ComponentPart) -> None:
        """Note that what is there of a component is this part, which `found` told of it; nothing that runs is touched.
        Nothing is noted where it is something else meanwhile."""

    def check(
        self, app: Placement, key: str, before: ComponentPart | None, after: ComponentPart | None
    ) -> Sequence[PreflightIssue]:
        """Return the errors and warnings of this change; changes nothing.

        `before` None: the component is created; `after` None: it is removed. An issue of the whole application (its
        name is in use) is returned for every key."""

    def check_volume(self, app: Placement, name: str) -> Sequence[PreflightIssue]:
        """Return the issues of deleting a named volume of the application with its data; changes nothing."""

    def list_used_resources(self, app: Placement) -> Sequence[UsedResource]:
        """What everybody but this application has on the target, as far as the target itself can tell."""

    def prepare(self, app: Placement, key: str, part: ComponentPart, watch: ProgressCallback) -> None:
        """Bring what this part needs and is not there (its image), telling how far it is about once a second, without
        touching anything that runs. All parts are prepared before the first verb. Nothing to do where a target needs
        nothing."""

    def session(self, app: Placement, note: OperationNote) -> AbstractContextManager[Session]:
        """Begin to change this application. One at a time for one application: entering a second raises DriverError.

        Work that an equal note left unfinished (a killed process) is taken up again; that of any other note is
        dropped."""

    def logs(self, app: Placement, key: str, lines: int) -> Iterator[str]:
        """The component's last lines, oldest first. Raises DriverError, permanent where nothing runs."""


class DriverError(Exception):
    """Something went wrong at the target; the message says what, and what to do next.

    `permanent` errors come again on every try; others (a time-out, a busy engine) may not. `untouched` says that the
    verb has changed nothing: it refused before it began.
    """

    def __init__(self, message: str, *, permanent: bool, untouched: bool = False) -> None:
        self.permanent = permanent
        self.untouched = untouched
        super().__init__(message)
