"""What every target can do, whatever it is made of. Drivers know specs; they know no plans and no database."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import Network, Volume


class State(StrEnum):
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
class Part:
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
class Observed:
    """A component as it is on the target; `digest` is the applied part's, or "" where what is there is not that."""

    state: State
    digest: str = ""
    detail: str = ""

    @property
    def present(self) -> bool:
        return self.state not in {State.NOT_WRITTEN, State.MISSING}


@dataclass(frozen=True, slots=True)
class Found:
    """What a component is on its target, field by field, in the document's words.

    `component` is the applied one with what differs there as it is there: the applied text stays wherever the target
    has just that (None: nothing of ours is there). `volumes` and `networks` define what it uses there and its part does
    not know. `beside` says, in sentences, what differs and no field can say.
    """

    component: ComponentSpec | None
    volumes: Mapping[str, Volume] = field(default_factory=dict)
    networks: Mapping[str, Network] = field(default_factory=dict)
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Login:
    """What a registry of images wants to know before it gives one."""

    username: str
    password: str = field(repr=False)


type Logins = Mapping[str, Login]
"""By registry host, as image names have it; `docker.io` where they have none."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something is that is being brought to the target, in bytes of those known so far."""

    subject: str
    done: int
    total: int


type Watch = Callable[[Progress], None]


class Thing(StrEnum):
    """What two on one target cannot both have, or should know of each other."""

    PORT = "port"
    NAME = "name"
    VOLUME = "volume"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Taken:
    """Something that others have on a target: `what` is "8080/tcp" or "127.0.0.1:8080/tcp" for a port, a name, a
    volume's name, a path of the host; `by` says who, as the end of a sentence ("the container legacy-web")."""

    thing: Thing
    what: str
    by: str


@dataclass(frozen=True, slots=True)
class Note:
    """Why a session happens, for the target's own history: a subject line, a body, and who.

    The note also tells runs apart: a session whose note equals that of one left unfinished takes up where that one
    was, so the note of a record's second attempt must be the first one's, and two records must not share one.
    """

    subject: str
    body: str
    operator: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a finished session left: a sentence ("written as commit 3e1a9c2") and the whole reference alone."""

    sentence: str
    reference: str = ""


class Session(Protocol):
    """One run of changes to one application. Every verb is idempotent: doing it twice is doing it once."""

    def apply(self, key: str, part: Part) -> None:
        """Make component `key` look like `part`: create, update, restart or replace it. Raises DriverError."""

    def restore(self, key: str, part: Part) -> bool:
        """Make component `key` look like `part` again, as it was before this session; whether anything had to be
        touched for it. It waits for nothing that the component needs. Raises DriverError."""

    def remove(self, key: str) -> None:
        """Take component `key` away, keeping its volumes; fine when it is not there. Raises DriverError."""

    def remove_volume(self, name: str) -> None:
        """Delete a named volume and its data; fine when it is not there. Targets that run nothing hold no data and
        do nothing. Raises DriverError."""

    def gate(self, key: str, part: Part) -> str:
        """Wait until the component is good; the sentence says how that was known. Raises DriverError when it is not."""

    def start(self, key: str) -> None:
        """Start the component as it is there; fine when it runs. Raises DriverError, permanent where nothing runs."""

    def stop(self, key: str) -> None:
        """End the component and keep it there; fine when it does not run. Raises DriverError, as start does."""

    def restart(self, key: str) -> None:
        """Stop and start the component as it is there. Raises DriverError, as start does."""

    def finish(self) -> Receipt:
        """Make everything of this session lasting; a second time it only says again what is there.

        A session left without it leaves the target as it was found where the target can do so (git), else as far as
        the verbs came (docker, memory). Raises DriverError."""


class Driver(Protocol):
    """A target. Every method raises DriverError and nothing else."""

    runs: bool
    """False: it writes, it starts nothing."""

    def ping(self) -> DriverInfo:
        """Is it there?"""

    def read(self, app: Placement) -> Mapping[str, Observed]:
        """What is there of this application, by component key; what was never there, or is not ours, is left out."""

    def volumes(self, app: Placement) -> frozenset[str]:
        """The keys of the application's named volumes that are there with their data, whether anything uses them."""

    def found(self, app: Placement, parts: Mapping[str, Part]) -> Mapping[str, Found]:
        """These components, as they were applied, against what is there; what is not there, and nothing is to be said
        of, is left out."""

    def keep(self, app: Placement, note: Note, key: str, part: Part) -> None:
        """Note that what is there of a component is this part, which `found` told of it; nothing that runs is touched.
        Nothing is noted where it is something else meanwhile."""

    def check(self, app: Placement, key: str, before: Part | None, after: Part | None) -> Sequence[str]:
        """Objections to this change, as sentences; changes nothing. `before` None: it is created; `after` None: it is
        removed. What hinders the whole application (its name is taken) is said again for every key."""

    def check_volume(self, app: Placement, name: str) -> Sequence[str]:
        """Objections to deleting a named volume of the application and its data, as sentences; changes nothing."""

    def warnings(self, app: Placement, key: str, before: Part | None, after: Part | None) -> Sequence[str]:
        """What to know before this change that does not hinder it, as sentences; changes nothing."""

    def taken(self, app: Placement) -> Sequence[Taken]:
        """What everybody but this application has on the target, as far as the target itself can tell."""

    def prepare(self, app: Placement, key: str, part: Part, watch: Watch) -> None:
        """Bring what this part needs and is not there (its image), telling how far it is about once a second, without
        touching anything that runs. All parts are prepared before the first verb. Nothing to do where a target needs
        nothing."""

    def session(self, app: Placement, note: Note) -> AbstractContextManager[Session]:
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
