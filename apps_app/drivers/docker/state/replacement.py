"""Old containers give way to new ones, and come back. Every move can be cut off anywhere and is ended by `settle`."""

from collections.abc import Mapping

from apps_app.drivers.base import Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import Role
from apps_app.drivers.docker.api.models import Container, Tree
from apps_app.drivers.docker.api.snapshot import Look
from apps_app.drivers.docker.state.annotations import read_marks
from apps_app.drivers.docker.state.replica_set import Standing, endpoints, has_names, is_job, role_of

_NEVER: Tree = {"RestartPolicy": {"Name": "no"}}


class Swap:
    """The containers of one component."""

    def __init__(self, engine: Engine, app: Placement, key: str) -> None:
        self.engine, self.app, self.key = engine, app, key

    def standing(self) -> Standing:
        look = Look(self.engine, uid=self.app.uid, key=self.key)
        return Standing(look.containers(), read_marks(look, self.app).get(self.key))

    def settle(self) -> Standing:
        """Ends what a killed session left half-way: back to the old where the new never ran, else forward."""
        standing = self.standing()
        if standing.is_half_swapped:
            self._back_to(standing, standing.of(Role.OLD))
        elif standing.is_half_promoted:
            self.promote()
        else:
            return standing
        return self.standing()

    def retire(self, one: Container, role: Role) -> None:
        """Stops a container and keeps it."""
        self._end(one)
        if role_of(one) is not role:
            self.engine.rename(one.id, one.labels[labels.NAME] + role.value)

    def bring_back(self, found: Mapping[int, Container]) -> None:
        """Makes kept containers the current ones again and starts them; the others of the component go."""
        self._back_to(self.standing(), found)

    def _back_to(self, standing: Standing, kept: Mapping[int, Container]) -> None:
        """Those without a kept one are started again too: they were stopped to give way."""
        for one in standing.of(Role.NEW).values():
            self.engine.remove(one.id)
        current = standing.of(Role.CURRENT)
        for at, one in current.items():
            if at in kept or (
                kept and one.labels.get(labels.BODY) != next(iter(kept.values())).labels.get(labels.BODY)
            ):
                self.discard(one)
        for one in kept.values():
            self.engine.rename(one.id, one.labels[labels.NAME])
        staying = [one for at, one in current.items() if at not in kept]
        for one in (*kept.values(), *(self._there(staying))):
            self.wake(standing, one)

    def _there(self, containers: list[Container]) -> list[Container]:
        return [one for one in containers if self.engine.container(one.id) is not None]

    def wake(self, standing: Standing, one: Container) -> None:
        """Gives a container its restart policy again and starts it, unless it is a job that has run."""
        live = standing.live(one)
        self.engine.update(one.id, {"RestartPolicy": live.get("RestartPolicy")})
        if not is_job(one):
            self.engine.start(one.id)

    def discard(self, one: Container) -> None:
        """Ends a container in its own time, and takes it away; one that never ran is only taken away."""
        if one.state.is_running:
            self._end(one)
        self.engine.remove(one.id)

    def _end(self, one: Container) -> None:
        """Nothing but us starts it again, not even the engine when that restarts."""
        if one.starts_again:
            self.engine.update(one.id, _NEVER)
        self.engine.stop(one.id)

    def promote(self) -> bool:
        """Gives the new containers their names, and stops and keeps the old ones. False where none runs beside."""
        standing = self.standing()
        beside, kept = standing.beside, standing.of(Role.OLD)
        for one in beside.values():
            self._give_names(one)
        made = {_made_by(one) for one in beside.values()}
        for at, one in standing.of(Role.CURRENT).items() if beside else ():
            if _made_by(one) in made:
                continue
            if at in kept:  # what was before the session is kept; what came between is not
                self.discard(one)
            else:
                self.retire(one, Role.OLD)
        for one in beside.values():
            self.engine.rename(one.id, one.labels[labels.NAME])
        return bool(beside)

    def _give_names(self, one: Container) -> None:
        if has_names(one):
            return
        for network, end in endpoints(one).items():
            if network in one.joined.networks:
                self.engine.disconnect(network, one.id)
            self.engine.connect(network, one.id, end)


def _made_by(one: Container) -> tuple[str, str]:
    """What it was made from, and by which run: somebody may have made another under the labels of one before."""
    return one.labels.get(labels.BODY, ""), one.labels.get(labels.RUN, "")
