"""One run of changes to one application on an engine. What a verb did stays, also where the session is left."""

import hashlib

from apps_app.drivers.base import DriverError, Note, Part, Placement, Receipt
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.adoption_labels import adopted_ids
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.errors import is_port_taken
from apps_app.drivers.docker.api.labels import Role
from apps_app.drivers.docker.api.models import Container
from apps_app.drivers.docker.api.snapshot import Look
from apps_app.drivers.docker.deploy import preflight
from apps_app.drivers.docker.deploy.adoption import forget_gone
from apps_app.drivers.docker.deploy.dependencies import restart_dependents, wait_for_dependencies
from apps_app.drivers.docker.deploy.image_pull import bring_missing
from apps_app.drivers.docker.deploy.reconcile import Replacing
from apps_app.drivers.docker.payload.builder import want
from apps_app.drivers.docker.payload.desired_container import Wanted
from apps_app.drivers.docker.state import volumes
from apps_app.drivers.docker.state.annotations import clear_mark
from apps_app.drivers.docker.state.health import wait_until_good
from apps_app.drivers.docker.state.namespace_sharing import follow
from apps_app.drivers.docker.state.networks import make_networks, remove_unused
from apps_app.drivers.docker.state.replacement import Swap
from apps_app.drivers.docker.state.replica_set import role_of
from templates_app.appspec.schema.component import HealthGate


class DockerSession:
    """Old containers are stopped and kept until *finish*, so that going back brings back the very same. `minimum` is
    how long a container has to stay up where its component does not say; "" where that is everybody's default."""

    def __init__(self, engine: Engine, app: Placement, note: Note, minimum: str = "") -> None:
        self._engine = engine
        self._minimum = minimum
        self._app = app
        self._run = hashlib.sha256(f"{note.subject}\n{note.body}\n{note.operator}".encode()).hexdigest()[:16]
        self._replaced: set[str] = set()

    def begin(self) -> None:
        """Ends what was cut off; of what another run left, only what it came to stays. Raises DriverError."""
        for key in self._stirred():
            standing = self._swap(key).settle()
            current = standing.of(Role.CURRENT)
            for at, container in standing.of(Role.OLD).items():
                follower = current.get(at)
                if follower is not None and follower.labels.get(labels.RUN) != self._run and not standing.beside:
                    self._engine.remove(container.id)

    def apply(self, key: str, part: Part) -> None:
        desired = self._with_all_it_uses(key, part)
        wait_for_dependencies(self._engine, desired)
        self._put(desired)

    def restore(self, key: str, part: Part) -> bool:
        return self._put(self._with_all_it_uses(key, part))

    def _with_all_it_uses(self, key: str, part: Part) -> Wanted:
        desired, snapshot = want(self._app, key, part), Look(self._engine)
        bring_missing(snapshot, desired)
        make_networks(snapshot, self._app, part)
        volumes.make_volumes(snapshot, self._app, part)
        return desired

    def _put(self, desired: Wanted) -> bool:
        try:
            touched = Replacing(self._engine, desired, self._run).through()
        except DriverError as error:
            text = preflight.holder(Look(self._engine), desired) if is_port_taken(error) else ""
            if text:
                raise DriverError(f"{desired.key}: {text}", permanent=error.permanent) from error
            raise
        if touched:
            self._replaced.add(desired.key)
        return touched

    def remove(self, key: str) -> None:
        """What was there before this run is stopped and kept until *finish*; what the run itself made goes at once."""
        swap = self._swap(key)
        standing = swap.settle()
        for container in standing.of(Role.NEW).values():
            swap.discard(container)
        remaining = standing.of(Role.REMOVED).keys()
        before = standing.of(Role.OLD)
        for at, container in standing.of(Role.CURRENT).items():
            if at in before or at in remaining or container.labels.get(labels.RUN) == self._run:
                swap.discard(container)
            else:
                swap.retire(container, Role.REMOVED)
        for at, container in before.items():
            if at in remaining:
                swap.discard(container)
            else:
                swap.retire(container, Role.REMOVED)
        clear_mark(self._engine, self._app, key)

    def remove_volume(self, name: str) -> None:
        volumes.remove_volume(self._engine, self._app, name)

    def gate(self, key: str, part: Part) -> str:
        swap = self._swap(key)
        acting = swap.standing().acting
        if not acting:
            return self._none(key, part)
        text = wait_until_good(self._engine, key, acting, self._gate(part), new=key in self._replaced)
        swap.promote()
        if key in self._replaced:
            self._replaced.discard(key)
            restart_dependents(self._engine, self._app, key)
            follow(self._engine, self._app, key)
        return text

    def start(self, key: str) -> None:
        """Starts the component's containers; fine when they run. Raises DriverError."""
        for container in self._there(key):
            self._engine.start(container.id)
        follow(self._engine, self._app, key)

    def stop(self, key: str) -> None:
        """Stops the component's containers, each in its own time; fine when they do not run. Raises DriverError."""
        for container in self._there(key):
            self._engine.stop(container.id)

    def restart(self, key: str) -> None:
        """Stops and starts the component's containers, one after another. Raises DriverError."""
        for container in self._there(key):
            self._engine.restart(container.id)
        follow(self._engine, self._app, key)

    def finish(self) -> Receipt:
        for key in self._stirred():
            replacement = self._swap(key)
            replacement.promote()
            for container in replacement.standing().containers:
                if role_of(container) is not Role.CURRENT:
                    self._engine.remove(container.id)
        snapshot = Look(self._engine)
        forget_gone(snapshot, self._app)
        remove_unused(snapshot, self._app)
        return self._receipt(snapshot)

    def _stirred(self) -> list[str]:
        """The components of which more is there than they consist of now, or may be."""
        snapshot = Look(self._engine, uid=self._app.uid)
        moving = [container.labels for container in snapshot.listed() if role_of(container) is not Role.CURRENT]
        taken_in = [volume.labels for volume in snapshot.volumes(role=labels.ADOPTED)]
        return sorted({item.get(labels.KEY, "") for item in (*moving, *taken_in)})

    def _gate(self, part: Part) -> HealthGate:
        """The target's own minimum holds where the component says nothing else than everybody."""
        gate = part.component.health_gate
        usual = self._minimum and gate.minimum == HealthGate().minimum
        return gate.model_copy(update={"minimum": self._minimum}) if usual else gate

    def _receipt(self, snapshot: Look) -> Receipt:
        taken_in = adopted_ids(snapshot, self._app)
        existing = [
            container
            for container in snapshot.listed()
            if labels.is_ours(container.labels, self._app) or container.id in taken_in
        ]
        running = sum(container.is_running for container in existing)
        text = f"running: {running} {'container' if running == 1 else 'containers'}"
        rest = len(existing) - running
        return Receipt(text + (f", {rest} not" if rest else ""))

    def _none(self, key: str, part: Part) -> str:
        if str(part.component.replicas) == "0":
            return "it has no replicas"
        raise DriverError(f"{key} has no container; somebody has removed it", permanent=True)

    def _there(self, key: str) -> tuple[Container, ...]:
        return self._swap(key).settle().acting

    def _swap(self, key: str) -> Swap:
        return Swap(self._engine, self._app, key)
