"""A target in a dict, for tests: every Driver object of one name sees the same things, and faults come on demand.

It behaves like a target that runs things: what a verb did stays, also where its session is left unfinished.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from apps_app.drivers.base import (
    DriverError,
    DriverInfo,
    Found,
    Note,
    Observed,
    Part,
    Placement,
    Progress,
    Receipt,
    State,
    Taken,
    Watch,
)
from apps_app.drivers.memory_target import Died, MemoryTarget, Placed, Verb, VerbName, forget, memory_target

__all__ = ["Died", "MemoryDriver", "MemorySession", "MemoryTarget", "Verb", "VerbName", "forget", "memory_target"]


class MemoryDriver:
    """Speaks to the memory target of one name."""

    runs = True

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def target(self) -> MemoryTarget:
        return memory_target(self._name)

    def ping(self) -> DriverInfo:
        return DriverInfo("memory", f"{len(self.target.placed)} applications in {self._name}", self._name)

    def read(self, app: Placement) -> Mapping[str, Observed]:
        placed = self.target.placed.get(app.uid)
        return {key: self._observed(placed, key) for key in sorted(placed.parts)} if placed else {}

    def volumes(self, app: Placement) -> frozenset[str]:
        return self.target.volumes(app.uid)

    def found(self, app: Placement, parts: Mapping[str, Part]) -> Mapping[str, Found]:
        placed = self.target.placed.get(app.uid)
        return {key: _found(placed, key, parts[key]) for key in sorted(parts.keys() & placed.parts)} if placed else {}

    def keep(self, app: Placement, note: Note, key: str, part: Part) -> None:
        with self.session(app, note), self.target.verb("keep", app, key) as placed:
            component = placed.found.get(key)
            if component is not None and component != part.component:
                raise DriverError(f"{key} is something else by now; look again", permanent=True)
            placed.parts[key] = part
            placed.settle(key)

    def check(self, app: Placement, key: str, before: Part | None, after: Part | None) -> Sequence[str]:
        target = self.target
        target.verbs.append(Verb("check", app.slug, key))
        objections = [target.objections[key]] if key in target.objections else []
        if target.owner_of(app.slug) not in {"", app.uid}:
            objections.append(f"'{app.slug}' on this target belongs to another application; choose another name")
        return objections

    def check_volume(self, app: Placement, name: str) -> Sequence[str]:
        self.target.verbs.append(Verb("check", app.slug, name))
        return [self.target.objections[name]] if name in self.target.objections else []

    def warnings(self, app: Placement, key: str, before: Part | None, after: Part | None) -> Sequence[str]:
        return [self.target.warned[key]] if key in self.target.warned else []

    def taken(self, app: Placement) -> Sequence[Taken]:
        return tuple(self.target.taken)

    def prepare(self, app: Placement, key: str, part: Part, watch: Watch) -> None:
        with self.target.verb("prepare", app, key):
            total = self.target.to_bring.get(key, 0)
            for done in range(0, total, max(total // 4, 1)):
                watch(Progress(part.component.image, done, total))

    @contextmanager
    def session(self, app: Placement, note: Note) -> Iterator["MemorySession"]:
        target = self.target
        with target.lock:
            if app.uid in target.opened:
                raise DriverError(f"{app.slug} is being changed by another session; try again later", permanent=False)
            target.opened.add(app.uid)
        try:
            yield MemorySession(target, app, note)
        finally:
            target.opened.discard(app.uid)

    def logs(self, app: Placement, key: str, lines: int) -> Iterator[str]:
        for verb in [item for item in self.target.verbs if (item.slug, item.key) == (app.slug, key)][-lines:]:
            yield f"{verb.name} {verb.key}"

    def _observed(self, placed: Placed, key: str) -> Observed:
        if key in placed.changed:
            return Observed(State.DIFFERS, "", placed.changed[key])
        state = State.UNHEALTHY if key in self.target.unhealthy else State.HEALTHY
        state = State.STOPPED if key in placed.stopped else state
        return Observed(state, placed.parts[key].digest)


def _found(placed: Placed, key: str, part: Part) -> Found:
    component = placed.found.get(key)
    text = placed.changed.get(key, "") if component is None else ""
    return Found(component or part.component, beside=tuple(filter(None, [text])))


class MemorySession:
    """One run of changes to one application in memory."""

    def __init__(self, target: MemoryTarget, app: Placement, note: Note) -> None:
        self._target = target
        self._app = app
        self._note = note

    def apply(self, key: str, part: Part) -> None:
        with self._target.verb("apply", self._app, key) as placed:
            placed.parts[key] = part
            placed.volumes.update(name for name, volume in part.volumes.items() if not volume.external)
            placed.settle(key)
            placed.stopped.discard(key)

    def restore(self, key: str, part: Part) -> bool:
        placed = self._target.placed.get(self._app.uid)
        stands = placed is not None and placed.parts.get(key) == part and key not in {*placed.stopped, *placed.changed}
        self.apply(key, part)
        return not stands

    def remove(self, key: str) -> None:
        with self._target.verb("remove", self._app, key) as placed:
            placed.parts.pop(key, None)
            placed.settle(key)

    def remove_volume(self, name: str) -> None:
        with self._target.verb("remove_volume", self._app, name) as placed:
            placed.volumes.discard(name)

    def gate(self, key: str, part: Part) -> str:
        with self._target.verb("gate", self._app, key):
            if key in self._target.unhealthy:
                deadline = part.component.health_gate.deadline
                raise DriverError(f"{key} was not healthy within {deadline}; look at its logs", permanent=True)
            return "healthy"

    def start(self, key: str) -> None:
        with self._target.verb("start", self._app, key) as placed:
            placed.stopped.discard(key)

    def stop(self, key: str) -> None:
        with self._target.verb("stop", self._app, key) as placed:
            placed.stopped.add(key)

    def restart(self, key: str) -> None:
        with self._target.verb("restart", self._app, key) as placed:
            placed.stopped.discard(key)

    def finish(self) -> Receipt:
        with self._target.verb("finish", self._app):
            if self._note not in self._target.finished:
                self._target.finished.append(self._note)
            return Receipt("done in memory", str(self._target.finished.index(self._note) + 1))
