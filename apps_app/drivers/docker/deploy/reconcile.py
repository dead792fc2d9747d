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
            for one in new.values():
                self.swap.discard(one)
            standing = self.swap.standing()
        current = standing.of(Role.CURRENT)
        if self._is_wanted(standing, current) and self._can_adjust(standing):
            return self._adjust(standing)
        for role in (Role.OLD, Role.REMOVED):
            kept = standing.of(role)
            same = standing.matches(kept.values(), self.wanted) and len(kept) == self.wanted.replicas
            if same and share_rightly(self.engine, self.wanted, kept.values()):
                return self._bring_back(kept)
        self._make_anew(standing)
        return True

    def _none(self, standing: Standing) -> bool:
        """No replica at all: the mark alone says that this is as it should be."""
        for one in (*standing.beside.values(), *standing.of(Role.CURRENT).values()):
            self.swap.discard(one)
        write_mark(self.engine, self.wanted, self.wanted.body)
        return False

    def _is_wanted(self, standing: Standing, found: Mapping[int, Container]) -> bool:
        listed = found.values()
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
        had = {name for one in standing.acting for name in standing.limits(one)}
        return had - self.wanted.live.keys() <= _CLEARED.keys() | (
            {"MemorySwap"} if "Memory" in self.wanted.live else set()
        )

    def _adjust(self, standing: Standing) -> bool:
        current = standing.of(Role.CURRENT)
        for at, one in current.items():
            if at > self.wanted.replicas:
                self.swap.discard(one)
            elif changes := self._changes(standing, one):
                self.engine.update(one.id, changes)
        added = [self._make(at, Role.CURRENT) for at in range(1, self.wanted.replicas + 1) if at not in current]
        for container in added:
            self.engine.start(container)
        self._tell(current, standing.kept)
        return self._awake(self.swap.standing().acting) or bool(added)

    def _changes(self, standing: Standing, one: Container) -> Tree:
        gone = {name: value for name, value in _CLEARED.items() if name in standing.limits(one)}
        wanted: Tree = {**gone, **self.wanted.live}
        if standing.live(one) == self.wanted.live and not standing.live_drift(one):
            return {}
        return wanted

    def _tell(self, current: Mapping[int, Container], kept: Mapping[str, str]) -> None:
        """Writes a mark where the containers' own labels do not say what they are now."""
        told = self.wanted.labelled(0, "")
        said = (labels.DIGEST, labels.LIVE, labels.REPLICAS)
        staying = [one for at, one in current.items() if at <= self.wanted.replicas]
        if not kept and all(one.labels.get(name) == told[name] for one in staying for name in said):
            clear_mark(self.engine, self.wanted.app, self.wanted.key)
        else:
            write_mark(self.engine, self.wanted, staying[0].labels.get(labels.BODY, ""), kept)

    def _awake(self, found: Iterable[Container]) -> bool:
        """Starts what does not run: services always, a job that has not ended well."""
        asleep = [one for one in found if not one.state.is_running]
        if self.wanted.is_job:
            asleep = [one for one in asleep if one.state.status == "created" or one.state.exit_code]
        for one in asleep:
            self.engine.start(one.id)
        return bool(asleep)

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
        made = [self._make(at, Role.CURRENT) for at in range(1, self.wanted.replicas + 1)]
        clear_mark(self.engine, self.wanted.app, self.wanted.key)
        self._start(made)

    def _beside(self, standing: Standing) -> None:
        if standing.kept and standing.mark is not None and standing.mark.labels.get(labels.BODY) == self.wanted.body:
            clear_mark(self.engine, self.wanted.app, self.wanted.key)
        made = [self._make(at, Role.NEW, named=False) for at in range(1, self.wanted.replicas + 1)]
        self._start(made)

    def _in_turn(self, current: Mapping[int, Container]) -> None:
        """All new ones are made before the first old one is stopped, and all old ones stopped before a new one runs."""
        made = {at: self._make(at, Role.NEW, before=current.get(at)) for at in range(1, self.wanted.replicas + 1)}
        try:
            self._give_way(current)
            for at, container in made.items():
                self.engine.rename(container, self.wanted.name(at))
            for container in made.values():
                self.engine.start(container)
        except DriverError:
            with suppress(DriverError):
                self._restore(made)
            raise
        clear_mark(self.engine, self.wanted.app, self.wanted.key)

    def _give_way(self, current: Mapping[int, Container]) -> None:
        """What was before the session is kept; what came between is not."""
        kept = self.swap.standing().of(Role.OLD)
        for one in current.values():
            if kept:
                self.swap.discard(one)
            else:
                self.swap.retire(one, Role.OLD)

    def _restore(self, made: Mapping[int, str]) -> None:
        for container in made.values():
            self.engine.remove(container)
        standing = self.swap.standing()
        if kept := standing.of(Role.OLD):
            self.swap.bring_back(kept)
        else:
            for one in standing.of(Role.CURRENT).values():
                self.swap.wake(standing, one)

    def _start(self, made: list[str]) -> None:
        try:
            for container in made:
                self.engine.start(container)
        except DriverError:
            with suppress(DriverError):
                for container in made:
                    self.engine.remove(container)
            raise

    def _make(self, at: int, role: Role, *, named: bool = True, before: Container | None = None) -> str:
        return make(self.engine, self.wanted, at, role, self.run, named=named, before=before)
