"""What a memory target holds, what was asked of it, and what a test wants to go wrong."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import Literal

from apps_app.drivers.base import DriverError, Note, Part, Placement, Taken
from templates_app.appspec.schema.component import ComponentSpec

type VerbName = Literal[
    "check", "prepare", "apply", "remove", "remove_volume", "gate", "start", "stop", "restart", "finish", "keep"
]


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
class Placed:
    """One application in memory; `changed` says by key what somebody else did, `found` what they made of it."""

    slug: str
    parts: dict[str, Part] = field(default_factory=dict)
    volumes: set[str] = field(default_factory=set)
    changed: dict[str, str] = field(default_factory=dict)
    found: dict[str, ComponentSpec] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)

    def settle(self, key: str) -> None:
        """Nobody else's doing is there any more."""
        self.changed.pop(key, None)
        self.found.pop(key, None)


class MemoryTarget:
    """What is there, what was asked of it, and what shall go wrong."""

    def __init__(self) -> None:
        self.verbs: list[Verb] = []
        self.finished: list[Note] = []
        self.placed: dict[str, Placed] = {}
        self.opened: set[str] = set()
        self._faults: list[_Fault] = []
        self.objections: dict[str, str] = {}
        self.unhealthy: set[str] = set()
        self.warned: dict[str, str] = {}
        self.to_bring: dict[str, int] = {}
        self.taken: list[Taken] = []
        self.lock = RLock()

    def applications(self) -> list[str]:
        """The uids of all that were ever here."""
        return sorted(self.placed)

    def parts(self, uid: str) -> Mapping[str, Part]:
        """The components of one application, as they were last applied."""
        return dict(self.placed[uid].parts) if uid in self.placed else {}

    def volumes(self, uid: str) -> frozenset[str]:
        """The named volumes that hold data of one application; removing components keeps them."""
        return frozenset(self.placed[uid].volumes) if uid in self.placed else frozenset()

    def done(self, *names: VerbName) -> list[tuple[VerbName, str]]:
        """The order of the verbs, as (name, key); all of them or only these."""
        return [(verb.name, verb.key) for verb in self.verbs if not names or verb.name in names]

    def fail(self, verb: VerbName, key: str = "", *, times: int = 1, permanent: bool = True, message: str = "") -> None:
        """The next `times` calls of this verb for `key` raise DriverError and change nothing."""
        text = message or f"{verb} of {key or 'the application'} was made to fail; try again"
        self._faults.append(_Fault(verb, key, times, DriverError(text, permanent=permanent)))

    def die(self, verb: VerbName, key: str = "", *, after: bool = False) -> None:
        """The next call of this verb for `key` raises Died, before it did anything or after it did all."""
        self._faults.append(_Fault(verb, key, 1, Died(f"killed in {verb} of {key}"), after))

    def never_healthy(self, key: str) -> None:
        """The gate of this component fails until `heal`."""
        self.unhealthy.add(key)

    def object_to(self, key: str, sentence: str) -> None:
        """`check` of this component says this sentence until `heal`."""
        self.objections[key] = sentence

    def warn_of(self, key: str, sentence: str) -> None:
        """`warnings` of this component says this sentence until `heal`."""
        self.warned[key] = sentence

    def must_bring(self, key: str, total: int) -> None:
        """`prepare` of this component has so many bytes to bring, in four parts."""
        self.to_bring[key] = total

    def drift(
        self, uid: str, key: str, detail: str = "changed by somebody else", found: ComponentSpec | None = None
    ) -> None:
        """Somebody changed what is there, into `found` where that can be said in fields."""
        self.placed[uid].changed[key] = detail
        if found is not None:
            self.placed[uid].found[key] = found

    def take_away(self, uid: str, key: str) -> None:
        """Somebody removed what was there."""
        del self.placed[uid].parts[key]

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self._faults.clear()
        self.objections.clear()
        self.unhealthy.clear()
        self.warned.clear()

    @contextmanager
    def verb(self, name: VerbName, app: Placement, key: str = "") -> Iterator[Placed]:
        """Records a call and lets go wrong what shall. Raises DriverError, or Died."""
        with self.lock:
            self.verbs.append(Verb(name, app.slug, key))
            fault = self._due(name, key)
            if fault is not None and not fault.after:
                raise fault.error
            yield self.placed.setdefault(app.uid, Placed(app.slug))
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

    def owner_of(self, slug: str) -> str:
        """The uid of the application that has this name, or ""."""
        return next((uid for uid, placed in self.placed.items() if placed.slug == slug and placed.parts), "")


_targets: dict[str, MemoryTarget] = {}


def memory_target(name: str) -> MemoryTarget:
    """The target of this name, the same one in the whole process."""
    return _targets.setdefault(name, MemoryTarget())


def forget(name: str) -> None:
    """The next use of this name begins with nothing there."""
    _targets.pop(name, None)
