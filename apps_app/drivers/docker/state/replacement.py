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
        snapshot = Look(self.engine, uid=self.app.uid, key=self.key)
        return Standing(snapshot.containers(), read_marks(snapshot, self.app).get(self.key))

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

    def retire(self, container: Container, role: Role) -> None:
        """Stops a container and keeps it."""
        self._end(container)
        if role_of(container) is not role:
            self.engine.rename(container.id, container.labels[labels.NAME] + role.value)

    def bring_back(self, previous: Mapping[int, Container]) -> None:
        """Makes kept containers the current ones again and starts them; the others of the component go."""
        self._back_to(self.standing(), previous)

    def _back_to(self, standing: Standing, remaining: Mapping[int, Container]) -> None:
        """Those without a kept one are started again too: they were stopped to give way."""
        for container in standing.of(Role.NEW).values():
            self.engine.remove(container.id)
        current = standing.of(Role.CURRENT)
        for at, container in current.items():
            if at in remaining or (
                remaining
                and container.labels.get(labels.BODY) != next(iter(remaining.values())).labels.get(labels.BODY)
            ):
                self.discard(container)
        for container in remaining.values():
            self.engine.rename(container.id, container.labels[labels.NAME])
        items = [item for at, item in current.items() if at not in remaining]
        for container in (*remaining.values(), *(self._there(items))):
            self.wake(standing, container)

    def _there(self, containers: list[Container]) -> list[Container]:
        return [container for container in containers if self.engine.container(container.id) is not None]

    def wake(self, standing: Standing, container: Container) -> None:
        """Gives a container its restart policy again and starts it, unless it is a job that has run."""
        live = standing.live(container)
        self.engine.update(container.id, {"RestartPolicy": live.get("RestartPolicy")})
        if not is_job(container):
            self.engine.start(container.id)

    def discard(self, container: Container) -> None:
        """Ends a container in its own time, and takes it away; one that never ran is only taken away."""
        if container.state.is_running:
            self._end(container)
        self.engine.remove(container.id)

    def _end(self, container: Container) -> None:
        """Nothing but us starts it again, not even the engine when that restarts."""
        if container.starts_again:
            self.engine.update(container.id, _NEVER)
        self.engine.stop(container.id)

    def promote(self) -> bool:
        """Gives the new containers their names, and stops and keeps the old ones. False where none runs beside."""
        standing = self.standing()
        alongside, remaining = standing.beside, standing.of(Role.OLD)
        for container in alongside.values():
            self._give_names(container)
        created = {_made_by(item) for item in alongside.values()}
        for at, container in standing.of(Role.CURRENT).items() if alongside else ():
            if _made_by(container) in created:
                continue
            if at in remaining:  # what was before the session is kept; what came between is not
                self.discard(container)
            else:
                self.retire(container, Role.OLD)
        for container in alongside.values():
            self.engine.rename(container.id, container.labels[labels.NAME])
        return bool(alongside)

    def _give_names(self, container: Container) -> None:
        if has_names(container):
            return
        for network, end in endpoints(container).items():
            if network in container.joined.networks:
                self.engine.disconnect(network, container.id)
            self.engine.connect(network, container.id, end)


def _made_by(container: Container) -> tuple[str, str]:
    """What it was made from, and by which run: somebody may have made another under the labels of one before."""
    return container.labels.get(labels.BODY, ""), container.labels.get(labels.RUN, "")
