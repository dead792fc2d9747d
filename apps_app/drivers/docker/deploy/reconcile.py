"""Makes a component's containers what is wanted: untouched, adjusted while they run, beside, or in turn."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from apps_app.drivers.base import DriverError
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import Role
from apps_app.drivers.docker.api.models import Container, Tree
from apps_app.drivers.docker.deploy.create_container import make
from apps_app.drivers.docker.payload.desired_container import Wanted
from apps_app.drivers.docker.state.annotations import clear_mark, write_mark
from apps_app.drivers.docker.state.namespace_sharing import share_rightly
from apps_app.drivers.docker.state.replacement import Swap
from apps_app.drivers.docker.state.replica_set import Standing, publishes

_CLEARED: Tree = {"PidsLimit": -1}
"""How the engine is told that this is not limited any more; it has no way to say so of the others."""


class Replacing:
    """One component on its way to what is wanted."""

    def __init__(self, engine: Engine, wanted: Wanted, run: str) -> None:
        self.engine, self.wanted, self.run = engine, wanted, run
        self.swap = Swap(engine, wanted.app, wanted.key)

    def through(self) -> bool:
        """Whether any container was started or made. Raises DriverError; what was there runs again then."""
        standing = self.swap.settle()
        if not self.wanted.replicas:
            return self._none(standing)
        if standing.beside:
            new = standing.of(Role.NEW)
            if self._is_wanted(standing, new) and len(new) == self.wanted.replicas:
                return self._awake(new.values())
            for container in new.values():
                self.swap.discard(container)
            standing = self.swap.standing()
        current = standing.of(Role.CURRENT)
        if self._is_wanted(standing, current) and self._can_adjust(standing):
            return self._adjust(standing)
        for role in (Role.OLD, Role.REMOVED):
            remaining = standing.of(role)
            same = standing.matches(remaining.values(), self.wanted) and len(remaining) == self.wanted.replicas
            if same and share_rightly(self.engine, self.wanted, remaining.values()):
                return self._bring_back(remaining)
        self._make_anew(standing)
        return True

    def _none(self, standing: Standing) -> bool:
        """No replica at all: the mark alone says that this is as it should be."""
        for container in (*standing.beside.values(), *standing.of(Role.CURRENT).values()):
            self.swap.discard(container)
        write_mark(self.engine, self.wanted, self.wanted.body)
        return False

    def _is_wanted(self, standing: Standing, result: Mapping[int, Container]) -> bool:
        listed = result.values()
        is_so = standing.matches(listed, self.wanted) and not any(map(standing.structural_drift, listed))
        return is_so and share_rightly(self.engine, self.wanted, listed)

    def _bring_back(self, kept: Mapping[int, Container]) -> bool:
        clear_mark(self.engine, self.wanted.app, self.wanted.key)
        self.swap.bring_back(kept)
        self._adjust(self.swap.standing())
        return True

    # While they run

    def _can_adjust(self, standing: Standing) -> bool:
        """Not where a limit is to go that the engine can only change."""
        had = {name for container in standing.acting for name in standing.limits(container)}
        return had - self.wanted.live.keys() <= _CLEARED.keys() | (
            {"MemorySwap"} if "Memory" in self.wanted.live else set()
        )

    def _adjust(self, standing: Standing) -> bool:
        current = standing.of(Role.CURRENT)
        for at, item in current.items():
            if at > self.wanted.replicas:
                self.swap.discard(item)
            elif changes := self._changes(standing, item):
                self.engine.update(item.id, changes)
        added = [self._make(at, Role.CURRENT) for at in range(1, self.wanted.replicas + 1) if at not in current]
        for container in added:
            self.engine.start(container)
        self._tell(current, standing.kept)
        return self._awake(self.swap.standing().acting) or bool(added)

    def _changes(self, standing: Standing, container: Container) -> Tree:
        removed = {name: value for name, value in _CLEARED.items() if name in standing.limits(container)}
        tree: Tree = {**removed, **self.wanted.live}
        if standing.live(container) == self.wanted.live and not standing.live_drift(container):
            return {}
        return tree

    def _tell(self, current: Mapping[int, Container], accepted: Mapping[str, str]) -> None:
        """Writes a mark where the containers' own labels do not say what they are now."""
        desired = self.wanted.labelled(0, "")
        names = (labels.DIGEST, labels.LIVE, labels.REPLICAS)
        kept_containers = [item for replica, item in current.items() if replica <= self.wanted.replicas]
        if not accepted and all(item.labels.get(name) == desired[name] for item in kept_containers for name in names):
            clear_mark(self.engine, self.wanted.app, self.wanted.key)
        else:
            write_mark(self.engine, self.wanted, kept_containers[0].labels.get(labels.BODY, ""), accepted)

    def _awake(self, containers: Iterable[Container]) -> bool:
        """Starts what does not run: services always, a job that has not ended well."""
        stopped = [item for item in containers if not item.state.is_running]
        if self.wanted.is_job:
            stopped = [item for item in stopped if item.state.status == "created" or item.state.exit_code]
        for container in stopped:
            self.engine.start(container.id)
        return bool(stopped)

    # Anew

    def _make_anew(self, standing: Standing) -> None:
        image = self.engine.image(self.wanted.image)
        current = standing.of(Role.CURRENT)
        if not current:
            self._first()
        elif self.wanted.fits_beside(image.volumes if image else frozenset()) and not any(
            map(publishes, current.values())
        ):
            self._beside(standing)
        else:
            self._in_turn(current)

    def _first(self) -> None:
        created = [self._make(at, Role.CURRENT) for at in range(1, self.wanted.replicas + 1)]
        clear_mark(self.engine, self.wanted.app, self.wanted.key)
        self._start(created)

    def _beside(self, standing: Standing) -> None:
        if standing.kept and standing.mark is not None and standing.mark.labels.get(labels.BODY) == self.wanted.body:
            clear_mark(self.engine, self.wanted.app, self.wanted.key)
        created = [self._make(at, Role.NEW, named=False) for at in range(1, self.wanted.replicas + 1)]
        self._start(created)

    def _in_turn(self, current: Mapping[int, Container]) -> None:
        """All new ones are made before the first old one is stopped, and all old ones stopped before a new one runs."""
        created = {at: self._make(at, Role.NEW, before=current.get(at)) for at in range(1, self.wanted.replicas + 1)}
        try:
            self._give_way(current)
            for at, container in created.items():
                self.engine.rename(container, self.wanted.name(at))
            for container in created.values():
                self.engine.start(container)
        except DriverError:
            with suppress(DriverError):
                self._restore(created)
            raise
        clear_mark(self.engine, self.wanted.app, self.wanted.key)

    def _give_way(self, current: Mapping[int, Container]) -> None:
        """What was before the session is kept; what came between is not."""
        remaining = self.swap.standing().of(Role.OLD)
        for container in current.values():
            if remaining:
                self.swap.discard(container)
            else:
                self.swap.retire(container, Role.OLD)

    def _restore(self, created: Mapping[int, str]) -> None:
        for container in created.values():
            self.engine.remove(container)
        standing = self.swap.standing()
        if remaining := standing.of(Role.OLD):
            self.swap.bring_back(remaining)
        else:
            for item in standing.of(Role.CURRENT).values():
                self.swap.wake(standing, item)

    def _start(self, created: list[str]) -> None:
        try:
            for container in created:
                self.engine.start(container)
        except DriverError:
            with suppress(DriverError):
                for container in created:
                    self.engine.remove(container)
            raise

    def _make(self, at: int, role: Role, *, named: bool = True, before: Container | None = None) -> str:
        return make(self.engine, self.wanted, at, role, self.run, named=named, before=before)
