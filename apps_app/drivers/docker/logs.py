"""What a component's containers have said."""

from collections.abc import Iterator

from apps_app.drivers.base import Placement
from apps_app.drivers.docker.engine import Engine
from apps_app.drivers.docker.standing import replica
from apps_app.drivers.docker.swap import Swap
from apps_app.drivers.errors import DriverError


def read_logs(engine: Engine, app: Placement, key: str, lines: int) -> Iterator[str]:
    """The last lines of each of its containers, oldest first; with several, each line begins with whose it is."""
    acting = Swap(engine, app, key).standing().acting
    if not acting:
        raise DriverError(f"{key} has no container, so there are no logs", permanent=True)
    for one in acting:
        prefix = f"{replica(one)}: " if len(acting) > 1 else ""
        for line in engine.logs(one.id, lines).decode(errors="replace").splitlines():
            yield prefix + line
