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
            for at, one in standing.of(Role.OLD).items():
                follower = current.get(at)
                if follower is not None and follower.labels.get(labels.RUN) != self._run and not standing.beside:
                    self._engine.remove(one.id)

    def apply(self, key: str, part: Part) -> None:
        wanted = self._with_all_it_uses(key, part)
        wait_for_dependencies(self._engine, wanted)
        self._put(wanted)

    def restore(self, key: str, part: Part) -> bool:
        return self._put(self._with_all_it_uses(key, part))

    def _with_all_it_uses(self, key: str, part: Part) -> Wanted:
        wanted, look = want(self._app, key, part), Look(self._engine)
        bring_missing(look, wanted)
        make_networks(look, self._app, part)
        volumes.make_volumes(look, self._app, part)
        return wanted

    def _put(self, wanted: Wanted) -> bool:
        try:
            touched = Replacing(self._engine, wanted, self._run).through()
        except DriverError as error:
            said = preflight.holder(Look(self._engine), wanted) if is_port_taken(error) else ""
            if said:
                raise DriverError(f"{wanted.key}: {said}", permanent=error.permanent) from error
            raise
        if touched:
            self._replaced.add(wanted.key)
        return touched

    def remove(self, key: str) -> None:
        """What was there before this run is stopped and kept until *finish*; what the run itself made goes at once."""
        swap = self._swap(key)
        standing = swap.settle()
        for one in standing.of(Role.NEW).values():
            swap.discard(one)
        kept = standing.of(Role.REMOVED).keys()
        before = standing.of(Role.OLD)
        for at, one in standing.of(Role.CURRENT).items():
            if at in before or at in kept or one.labels.get(labels.RUN) == self._run:
                swap.discard(one)
            else:
                swap.retire(one, Role.REMOVED)
        for at, one in before.items():
            if at in kept:
                swap.discard(one)
            else:
                swap.retire(one, Role.REMOVED)
        clear_mark(self._engine, self._app, key)

    def remove_volume(self, name: str) -> None:
        volumes.remove_volume(self._engine, self._app, name)

    def gate(self, key: str, part: Part) -> str:
        swap = self._swap(key)
        acting = swap.standing().acting
        if not acting:
            return self._none(key, part)
        said = wait_until_good(self._engine, key, acting, self._gate(part), new=key in self._replaced)
        swap.promote()
        if key in self._replaced:
            self._replaced.discard(key)
            restart_dependents(self._engine, self._app, key)
            follow(self._engine, self._app, key)
        return said

    def start(self, key: str) -> None:
        """Starts the component's containers; fine when they run. Raises DriverError."""
        for one in self._there(key):
            self._engine.start(one.id)
        follow(self._engine, self._app, key)

    def stop(self, key: str) -> None:
        """Stops the component's containers, each in its own time; fine when they do not run. Raises DriverError."""
        for one in self._there(key):
            self._engine.stop(one.id)

    def restart(self, key: str) -> None:
        """Stops and starts the component's containers, one after another. Raises DriverError."""
        for one in self._there(key):
            self._engine.restart(one.id)
        follow(self._engine, self._app, key)

    def finish(self) -> Receipt:
        for key in self._stirred():
            swap = self._swap(key)
            swap.promote()
            for one in swap.standing().containers:
                if role_of(one) is not Role.CURRENT:
                    self._engine.remove(one.id)
        look = Look(self._engine)
        forget_gone(look, self._app)
        remove_unused(look, self._app)
        return self._receipt(look)

    def _stirred(self) -> list[str]:
        """The components of which more is there than they consist of now, or may be."""
        look = Look(self._engine, uid=self._app.uid)
        moving = [one.labels for one in look.listed() if role_of(one) is not Role.CURRENT]
        taken_in = [one.labels for one in look.volumes(role=labels.ADOPTED)]
        return sorted({one.get(labels.KEY, "") for one in (*moving, *taken_in)})

    def _gate(self, part: Part) -> HealthGate:
        """The target's own minimum holds where the component says nothing else than everybody."""
        gate = part.component.health_gate
        usual = self._minimum and gate.minimum == HealthGate().minimum
        return gate.model_copy(update={"minimum": self._minimum}) if usual else gate

    def _receipt(self, look: Look) -> Receipt:
        taken_in = adopted_ids(look, self._app)
        there = [one for one in look.listed() if labels.is_ours(one.labels, self._app) or one.id in taken_in]
        running = sum(one.is_running for one in there)
        said = f"running: {running} {'container' if running == 1 else 'containers'}"
        rest = len(there) - running
        return Receipt(said + (f", {rest} not" if rest else ""))

    def _none(self, key: str, part: Part) -> str:
        if str(part.component.replicas) == "0":
            return "it has no replicas"
        raise DriverError(f"{key} has no container; somebody has removed it", permanent=True)

    def _there(self, key: str) -> tuple[Container, ...]:
        return self._swap(key).settle().acting

    def _swap(self, key: str) -> Swap:
        return Swap(self._engine, self._app, key)
