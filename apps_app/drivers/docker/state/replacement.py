"""Crash-safe replacement of a component's containers; `recover` finishes an interrupted one.

A worker can be killed between any two requests to the engine, and the engine has no transactions. So a replacement
stores its progress nowhere but in the containers themselves: the suffix of a name is the role of the container (none:
current, `.new`, `.old`, `.removed`), its state shows whether it ever ran. Each request moves from one recognizable
combination to the next, and every combination can be completed or undone:

* New containers are created under `.new` names before a current one is stopped, so that a failing create changes
  nothing.
* A stopped previous container is kept as `.old` (or `.removed`) until the session finishes, so that a rollback starts
  the very same container with its file system, instead of creating a similar one.
* Before it is stopped, its restart policy is set to "no": an engine that restarts must not start two containers on one
  data directory.

`recover` therefore decides from roles and states alone: where a new container never ran, it goes back to the previous
ones; where new containers run alongside and previous ones are already stopped, it goes forward.
"""

from collections.abc import Mapping

from apps_app.drivers.base import Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import ContainerRole
from apps_app.drivers.docker.api.models import EngineContainer, InspectTree
from apps_app.drivers.docker.api.snapshot import Snapshot
from apps_app.drivers.docker.state.annotations import read_annotations
from apps_app.drivers.docker.state.replica_set import ReplicaSet, get_role, has_aliases, is_job, read_endpoints

_NO_RESTART: InspectTree = {"RestartPolicy": {"Name": "no"}}


class Replacement:
    """Replaces and restores the containers of one component."""

    def __init__(self, engine: Engine, app: Placement, key: str) -> None:
        self.engine, self.app, self.key = engine, app, key

    def load(self) -> ReplicaSet:
        """Return the component's containers as they are now."""
        snapshot = Snapshot(self.engine, uid=self.app.uid, key=self.key)
        return ReplicaSet(snapshot.inspect_containers(), read_annotations(snapshot, self.app).get(self.key))

    def recover(self) -> ReplicaSet:
        """Finish what an interrupted session left: backward where the new never ran, otherwise forward."""
        replica_set = self.load()
        if replica_set.is_interrupted_swap:
            self._restore_previous(replica_set, replica_set.with_role(ContainerRole.OLD))
        elif replica_set.is_interrupted_promotion:
            self.promote()
        else:
            return replica_set
        return self.load()

    def stop_and_keep(self, container: EngineContainer, role: ContainerRole) -> None:
        """Stop a container and keep it under the name of a role."""
        self._stop_for_good(container)
        if get_role(container) is not role:
            self.engine.rename(container.id, container.labels[labels.NAME] + role.value)

    def restore(self, previous: Mapping[int, EngineContainer]) -> None:
        """Make previous containers, by replica, current again and start them; remove the others of the component."""
        self._restore_previous(self.load(), previous)

    def _restore_previous(self, replica_set: ReplicaSet, previous: Mapping[int, EngineContainer]) -> None:
        """Restore previous containers. Replicas without one are restarted: they were stopped for the replacement."""
        for container in replica_set.with_role(ContainerRole.NEW).values():
            self.engine.remove(container.id)
        current = replica_set.with_role(ContainerRole.CURRENT)
        bodies = {container.labels.get(labels.BODY) for container in list(previous.values())[:1]}
        for replica, container in current.items():
            if replica in previous or (bodies and container.labels.get(labels.BODY) not in bodies):
                self.discard(container)
        for container in previous.values():
            self.engine.rename(container.id, container.labels[labels.NAME])
        others = [container for replica, container in current.items() if replica not in previous]
        for container in (*previous.values(), *self._filter_existing(others)):
            self.restart_container(replica_set, container)

    def _filter_existing(self, containers: list[EngineContainer]) -> list[EngineContainer]:
        return [container for container in containers if self.engine.get_container(container.id) is not None]

    def restart_container(self, replica_set: ReplicaSet, container: EngineContainer) -> None:
        """Set a container's restart policy again and start it, unless it is a job, which has already run."""
        live = replica_set.get_live_settings(container)
        self.engine.update(container.id, {"RestartPolicy": live.get("RestartPolicy")})
        if not is_job(container):
            self.engine.start(container.id)

    def discard(self, container: EngineContainer) -> None:
        """Stop a container within its grace period and remove it."""
        if container.state.is_running:
            self._stop_for_good(container)
        self.engine.remove(container.id)

    def _stop_for_good(self, container: EngineContainer) -> None:
        """Stop a container so that not even a restarted engine starts it."""
        if container.has_restart_policy:
            self.engine.update(container.id, _NO_RESTART)
        self.engine.stop(container.id)

    def promote(self) -> bool:
        """Make the containers that run alongside current, and stop and keep the current ones.

        Returns False where none run alongside.
        """
        replica_set = self.load()
        alongside, previous = replica_set.running_alongside, replica_set.with_role(ContainerRole.OLD)
        for container in alongside.values():
            self._connect_with_aliases(container)
        promoted = {_get_provenance(container) for container in alongside.values()}
        for replica, container in replica_set.with_role(ContainerRole.CURRENT).items() if alongside else ():
            if _get_provenance(container) in promoted:
                continue
            if replica in previous:  # only the state before the session is kept, not the states in between
                self.discard(container)
            else:
                self.stop_and_keep(container, ContainerRole.OLD)
        for container in alongside.values():
            self.engine.rename(container.id, container.labels[labels.NAME])
        return bool(alongside)

    def _connect_with_aliases(self, container: EngineContainer) -> None:
        if has_aliases(container):
            return
        for network, endpoint in read_endpoints(container).items():
            if network in container.network_settings.networks:
                self.engine.disconnect(network, container.id)
            self.engine.connect(network, container.id, endpoint)


def _get_provenance(container: EngineContainer) -> tuple[str, str]:
    """Return body and run of a container. The run counts too: somebody may have recreated it with the same labels."""
    return container.labels.get(labels.BODY, ""), container.labels.get(labels.RUN, "")
