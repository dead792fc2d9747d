"""Reconciles the containers of a component with the desired state: in place, alongside, or one after another."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from apps_app.drivers.base import DriverError
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import ContainerRole
from apps_app.drivers.docker.api.models import EngineContainer, InspectTree
from apps_app.drivers.docker.deploy.create_container import ContainerCreation, create_container
from apps_app.drivers.docker.payload.desired_container import DesiredContainer
from apps_app.drivers.docker.state.annotations import remove_annotation, write_annotation
from apps_app.drivers.docker.state.namespace_sharing import shares_current_namespaces
from apps_app.drivers.docker.state.replacement import Replacement
from apps_app.drivers.docker.state.replica_set import ReplicaSet, publishes_ports

_UNLIMITED_VALUES: InspectTree = {"PidsLimit": -1}
"""Values that remove a limit from a running container. The engine cannot remove the other limits."""


class Reconciler:
    """Reconciles one component. `run_id` identifies the run that creates containers."""

    def __init__(self, engine: Engine, desired: DesiredContainer, run_id: str) -> None:
        self.engine, self.desired, self.run_id = engine, desired, run_id
        self.replacement = Replacement(engine, desired.app, desired.key)

    def run(self) -> bool:
        """Reconcile; return whether a container was started or created. Raises DriverError after restoring the previous
        containers."""
        replica_set = self.replacement.recover()
        if not self.desired.replicas:
            return self._scale_to_zero(replica_set)
        if replica_set.running_alongside:
            new = replica_set.with_role(ContainerRole.NEW)
            if self._is_up_to_date(replica_set, new) and len(new) == self.desired.replicas:
                return self._start_stopped(new.values())
            for container in new.values():
                self.replacement.discard(container)
            replica_set = self.replacement.load()
        current = replica_set.with_role(ContainerRole.CURRENT)
        if self._is_up_to_date(replica_set, current) and self._can_update_in_place(replica_set):
            return self._update_in_place(replica_set)
        for role in (ContainerRole.OLD, ContainerRole.REMOVED):
            previous = replica_set.with_role(role)
            if len(previous) == self.desired.replicas and self._matches_desired(replica_set, previous):
                return self._restore_previous(previous)
        self._recreate(replica_set)
        return True

    def _scale_to_zero(self, replica_set: ReplicaSet) -> bool:
        """Remove all containers and record in an annotation that there should be none."""
        for container in (
            *replica_set.running_alongside.values(),
            *replica_set.with_role(ContainerRole.CURRENT).values(),
        ):
            self.replacement.discard(container)
        write_annotation(self.engine, self.desired, self.desired.body)
        return False

    def _is_up_to_date(self, replica_set: ReplicaSet, containers: Mapping[int, EngineContainer]) -> bool:
        has_drift = any(map(replica_set.describe_structural_drift, containers.values()))
        return not has_drift and self._matches_desired(replica_set, containers)

    def _matches_desired(self, replica_set: ReplicaSet, containers: Mapping[int, EngineContainer]) -> bool:
        listed = containers.values()
        is_desired = replica_set.matches_desired(listed, self.desired)
        return is_desired and shares_current_namespaces(self.engine, self.desired, listed)

    def _restore_previous(self, previous: Mapping[int, EngineContainer]) -> bool:
        remove_annotation(self.engine, self.desired.app, self.desired.key)
        self.replacement.restore(previous)
        self._update_in_place(self.replacement.load())
        return True

    # In place

    def _can_update_in_place(self, replica_set: ReplicaSet) -> bool:
        """Whether no limit has to be removed that the engine can only change."""
        current = {name for container in replica_set.active for name in replica_set.list_limits(container)}
        implied = {"MemorySwap"} if "Memory" in self.desired.live else set()
        return current - self.desired.live.keys() <= _UNLIMITED_VALUES.keys() | implied

    def _update_in_place(self, replica_set: ReplicaSet) -> bool:
        current = replica_set.with_role(ContainerRole.CURRENT)
        for replica, container in current.items():
            if replica > self.desired.replicas:
                self.replacement.discard(container)
            elif changes := self._build_update(replica_set, container):
                self.engine.update(container.id, changes)
        missing = (replica for replica in self._list_replicas() if replica not in current)
        added = [self._create(replica, ContainerRole.CURRENT) for replica in missing]
        for container_id in added:
            self.engine.start(container_id)
        self._write_annotation(current, replica_set.accepted)
        return self._start_stopped(self.replacement.load().active) or bool(added)

    def _build_update(self, replica_set: ReplicaSet, container: EngineContainer) -> InspectTree:
        limits = replica_set.list_limits(container)
        removed = {name: value for name, value in _UNLIMITED_VALUES.items() if name in limits}
        if replica_set.get_live_settings(container) == self.desired.live and not replica_set.describe_live_drift(
            container
        ):
            return {}
        return {**removed, **self.desired.live}

    def _write_annotation(self, current: Mapping[int, EngineContainer], accepted: Mapping[str, str]) -> None:
        """Write an annotation where the containers' own labels do not describe the desired state."""
        desired = self.desired.build_labels(0, "")
        names = (labels.DIGEST, labels.LIVE, labels.REPLICAS)
        kept_containers = [item for replica, item in current.items() if replica <= self.desired.replicas]
        if not accepted and all(item.labels.get(name) == desired[name] for item in kept_containers for name in names):
            remove_annotation(self.engine, self.desired.app, self.desired.key)
        else:
            write_annotation(self.engine, self.desired, kept_containers[0].labels.get(labels.BODY, ""), accepted)

    def _start_stopped(self, containers: Iterable[EngineContainer]) -> bool:
        """Start stopped containers: services always, jobs unless they have completed."""
        stopped = [item for item in containers if not item.state.is_running]
        if self.desired.is_job:
            stopped = [item for item in stopped if item.state.status == "created" or item.state.exit_code]
        for container in stopped:
            self.engine.start(container.id)
        return bool(stopped)

    # Recreate

    def _recreate(self, replica_set: ReplicaSet) -> None:
        image = self.engine.get_image(self.desired.image)
        current = replica_set.with_role(ContainerRole.CURRENT)
        if not current:
            self._create_first()
            return
        can_run_alongside = self.desired.can_run_alongside(image.volumes if image else frozenset())
        if can_run_alongside and not any(map(publishes_ports, current.values())):
            self._create_alongside(replica_set)
        else:
            self._replace_in_turn(current)

    def _list_replicas(self) -> range:
        return range(1, self.desired.replicas + 1)

    def _create_first(self) -> None:
        created = [self._create(replica, ContainerRole.CURRENT) for replica in self._list_replicas()]
        remove_annotation(self.engine, self.desired.app, self.desired.key)
        self._start_or_remove(created)

    def _create_alongside(self, replica_set: ReplicaSet) -> None:
        annotation = replica_set.annotation
        if replica_set.accepted and annotation is not None and annotation.labels.get(labels.BODY) == self.desired.body:
            remove_annotation(self.engine, self.desired.app, self.desired.key)
        created = [self._create(replica, ContainerRole.NEW, named=False) for replica in self._list_replicas()]
        self._start_or_remove(created)

    def _replace_in_turn(self, current: Mapping[int, EngineContainer]) -> None:
        """Create all new containers before one is stopped, and stop all current ones before a new one is started."""
        created = {
            replica: self._create(replica, ContainerRole.NEW, previous=current.get(replica))
            for replica in self._list_replicas()
        }
        try:
            self._stop_current(current)
            for replica, container in created.items():
                self.engine.rename(container, self.desired.build_name(replica))
            for container in created.values():
                self.engine.start(container)
        except DriverError:
            with suppress(DriverError):
                self._undo_replacement(created)
            raise
        remove_annotation(self.engine, self.desired.app, self.desired.key)

    def _stop_current(self, current: Mapping[int, EngineContainer]) -> None:
        """Stop the current containers; keep only those from before the session."""
        previous = self.replacement.load().with_role(ContainerRole.OLD)
        for container in current.values():
            if previous:
                self.replacement.discard(container)
            else:
                self.replacement.stop_and_keep(container, ContainerRole.OLD)

    def _undo_replacement(self, created: Mapping[int, str]) -> None:
        for container in created.values():
            self.engine.remove(container)
        replica_set = self.replacement.load()
        if previous := replica_set.with_role(ContainerRole.OLD):
            self.replacement.restore(previous)
            return
        for current in replica_set.with_role(ContainerRole.CURRENT).values():
            self.replacement.restart_container(replica_set, current)

    def _start_or_remove(self, created: list[str]) -> None:
        try:
            for container in created:
                self.engine.start(container)
        except DriverError:
            with suppress(DriverError):
                for container in created:
                    self.engine.remove(container)
            raise

    def _create(
        self, replica: int, role: ContainerRole, *, named: bool = True, previous: EngineContainer | None = None
    ) -> str:
        creation = ContainerCreation(replica, role, self.run_id, named, previous)
        return create_container(self.engine, self.desired, creation)
