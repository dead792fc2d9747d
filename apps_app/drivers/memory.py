"""A target in a dict, for tests: every Driver object of one name sees the same things, and faults come on demand.

It behaves like a target that runs things: what a verb did stays, also where its session is left unfinished.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import Literal

from apps_app.drivers.base import DriverInfo, Note, Observed, Part, Placement, Receipt, State
from apps_app.drivers.errors import DriverError

type VerbName = Literal["check", "apply", "remove", "remove_volume", "gate", "finish"]


@dataclass(frozen=True, slots=True)
class Verb:
    """One call, as it arrived; `key` is a component's, a volume's name, or ""."""

    name: VerbName
    slug: str
    key: str = ""


class Died(BaseException):
    """Stands for kill -9 where a test asked for it; nothing that catches errors catches it."""


@dataclass(slots=True)
class _Fault:
    verb: VerbName
    key: str
    times: int
    error: BaseException
    after: bool = False


@dataclass(slots=True)
class _Placed:
    slug: str
    parts: dict[str, Part] = field(default_factory=dict)
    volumes: set[str] = field(default_factory=set)
    changed: dict[str, str] = field(default_factory=dict)


class MemoryTarget:
    """What is there, what was asked of it, and what shall go wrong."""

    def __init__(self) -> None:
        self.verbs: list[Verb] = []
        self.finished: list[Note] = []
        self._placed: dict[str, _Placed] = {}
        self._open: set[str] = set()
        self._faults: list[_Fault] = []
        self._objections: dict[str, str] = {}
        self._unhealthy: set[str] = set()
        self._lock = RLock()

    def applications(self) -> list[str]:
        """The uids of all that were ever here."""
        return sorted(self._placed)

    def parts(self, uid: str) -> Mapping[str, Part]:
        """The components of one application, as they were last applied."""
        return dict(self._placed[uid].parts) if uid in self._placed else {}

    def volumes(self, uid: str) -> frozenset[str]:
        """The named volumes that hold data of one application; removing components keeps them."""
        return frozenset(self._placed[uid].volumes) if uid in self._placed else frozenset()

    def done(self, *names: VerbName) -> list[tuple[VerbName, str]]:
        """The order of the verbs, as (name, key); all of them or only these."""
        return [(verb.name, verb.key) for verb in self.verbs if not names or verb.name in names]

    def fail(self, verb: VerbName, key: str = "", *, times: int = 1, permanent: bool = True, message: str = "") -> None:
        """The next `times` calls of this verb for `key` raise DriverError and change nothing."""
        said = message or f"{verb} of {key or 'the application'} was made to fail; try again"
        self._faults.append(_Fault(verb, key, times, DriverError(said, permanent=permanent)))

    def die(self, verb: VerbName, key: str = "", *, after: bool = False) -> None:
        """The next call of this verb for `key` raises Died, before it did anything or after it did all."""
        self._faults.append(_Fault(verb, key, 1, Died(f"killed in {verb} of {key}"), after))

    def never_healthy(self, key: str) -> None:
        """The gate of this component fails until `heal`."""
        self._unhealthy.add(key)

    def object_to(self, key: str, sentence: str) -> None:
        """`check` of this component says this sentence until `heal`."""
        self._objections[key] = sentence

    def drift(self, uid: str, key: str, detail: str = "changed by somebody else") -> None:
        """Somebody changed what is there."""
        self._placed[uid].changed[key] = detail

    def take_away(self, uid: str, key: str) -> None:
        """Somebody removed what was there."""
        del self._placed[uid].parts[key]

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self._faults.clear()
        self._objections.clear()
        self._unhealthy.clear()

    @contextmanager
    def _verb(self, name: VerbName, app: Placement, key: str = "") -> Iterator[_Placed]:
        with self._lock:
            self.verbs.append(Verb(name, app.slug, key))
            fault = self._due(name, key)
            if fault is not None and not fault.after:
                raise fault.error
            yield self._placed.setdefault(app.uid, _Placed(app.slug))
            if fault is not None:
                raise fault.error

    def _due(self, verb: VerbName, key: str) -> _Fault | None:
        for fault in self._faults:
            if fault.verb == verb and fault.key == key:
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None

    def _owner_of(self, slug: str) -> str:
        return next((uid for uid, placed in self._placed.items() if placed.slug == slug and placed.parts), "")


_targets: dict[str, MemoryTarget] = {}


def memory_target(name: str) -> MemoryTarget:
    """The target of this name, the same one in the whole process."""
    return _targets.setdefault(name, MemoryTarget())


def forget(name: str) -> None:
    """The next use of this name begins with nothing there."""
    _targets.pop(name, None)


class MemoryDriver:
    """Speaks to the memory target of one name."""

    runs = True

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def target(self) -> MemoryTarget:
        return memory_target(self._name)

    def ping(self) -> DriverInfo:
        return DriverInfo("memory", f"{len(self.target._placed)} applications in {self._name}")

    def read(self, app: Placement) -> Mapping[str, Observed]:
        placed = self.target._placed.get(app.uid)
        return {key: self._observed(placed, key) for key in sorted(placed.parts)} if placed else {}

    def check(self, app: Placement, key: str, before: Part | None, after: Part | None) -> Sequence[str]:
        target = self.target
        target.verbs.append(Verb("check", app.slug, key))
        objections = [target._objections[key]] if key in target._objections else []
        if target._owner_of(app.slug) not in {"", app.uid}:
            objections.append(f"'{app.slug}' on this target belongs to another application; choose another name")
        return objections

    @contextmanager
    def session(self, app: Placement, note: Note) -> Iterator["MemorySession"]:
        target = self.target
        with target._lock:
            if app.uid in target._open:
                raise DriverError(f"{app.slug} is being changed by another session; try again later", permanent=False)
            target._open.add(app.uid)
        try:
            yield MemorySession(target, app, note)
        finally:
            target._open.discard(app.uid)

    def logs(self, app: Placement, key: str, lines: int) -> Iterator[str]:
        for verb in [one for one in self.target.verbs if (one.slug, one.key) == (app.slug, key)][-lines:]:
            yield f"{verb.name} {verb.key}"

    def _observed(self, placed: _Placed, key: str) -> Observed:
        if key in placed.changed:
            return Observed(State.DIFFERS, "", placed.changed[key])
        state = State.UNHEALTHY if key in self.target._unhealthy else State.HEALTHY
        return Observed(state, placed.parts[key].digest)


class MemorySession:
    """One run of changes to one application in memory."""

    def __init__(self, target: MemoryTarget, app: Placement, note: Note) -> None:
        self._target = target
        self._app = app
        self._note = note

    def apply(self, key: str, part: Part) -> None:
        with self._target._verb("apply", self._app, key) as placed:
            placed.parts[key] = part
            placed.volumes.update(name for name, volume in part.volumes.items() if not volume.external)
            placed.changed.pop(key, None)

    def remove(self, key: str) -> None:
        with self._target._verb("remove", self._app, key) as placed:
            placed.parts.pop(key, None)
            placed.changed.pop(key, None)

    def remove_volume(self, name: str) -> None:
        with self._target._verb("remove_volume", self._app, name) as placed:
            placed.volumes.discard(name)

    def gate(self, key: str, part: Part) -> str:
        with self._target._verb("gate", self._app, key):
            if key in self._target._unhealthy:
                deadline = part.component.health_gate.deadline
                raise DriverError(f"{key} was not healthy within {deadline}; look at its logs", permanent=True)
            return "healthy"

    def finish(self) -> Receipt:
        with self._target._verb("finish", self._app):
            if self._note not in self._target.finished:
                self._target.finished.append(self._note)
            return Receipt("done in memory", str(self._target.finished.index(self._note) + 1))
