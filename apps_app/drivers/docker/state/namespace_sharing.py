"""Containers that live in another one's network, processes or memory. They hold its id, and fall with it."""

import re
from collections.abc import Iterable

from apps_app.drivers.base import Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.adoption_labels import adopted
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import Role
from apps_app.drivers.docker.api.models import Container, seconds_between
from apps_app.drivers.docker.api.snapshot import Look
from apps_app.drivers.docker.payload.desired_container import SHARED, Wanted, shared
from apps_app.drivers.docker.state.replacement import Swap
from apps_app.drivers.docker.state.replica_set import Standing, grouped, is_job, role_of

_OF_OURS = re.compile(r"container:([0-9a-f]{64})")


def lenders(container: Container) -> frozenset[str]:
    """The ids of the containers that it shares with."""
    matches = (_OF_OURS.fullmatch(str(container.host.get(field) or "")) for field in SHARED)
    return frozenset(match[1] for match in matches if match)


def current_of(engine: Engine, app: Placement, key: str) -> Container | None:
    """The container of a component that others share with."""
    containers = grouped(engine.containers(uid=app.uid, key=key)).get(key, ())
    return next((container for container in containers if role_of(container) is Role.CURRENT), None)


def share_rightly(engine: Engine, desired: Wanted, result: Iterable[Container]) -> bool:
    """Whether these share with the containers that are there now, and not with those before."""
    keys = frozenset(shared(desired.host).values())
    if not keys:
        return True
    existing = {container.id for key in keys if (container := current_of(engine, desired.app, key)) is not None}
    return all(lenders(container) == existing for container in result)


def follow(engine: Engine, app: Placement, key: str) -> None:
    """Once a component stands anew: those that were kept and share with it come back, and those that run and share
    with it start again where it started after them. The others are the plan's. Raises DriverError."""
    sharing = _may_share(engine, app, key)
    lender = current_of(engine, app, key) if sharing else None
    if lender is None:
        return
    for other, containers in grouped(sharing).items():
        mine = tuple(item for item in containers if lender.id in lenders(item))
        if remaining := Standing(mine).of(Role.OLD):
            Swap(engine, app, other).bring_back(remaining)
            continue
        for container in mine:
            late = seconds_between(container.state.started_at, lender.state.started_at) > 0
            if (
                role_of(container) is Role.CURRENT
                and container.state.status == "running"
                and late
                and not is_job(container)
            ):
                engine.restart(container.id)


def _may_share(engine: Engine, app: Placement, key: str) -> tuple[Container, ...]:
    """The containers that do not say, or say otherwise, that they share nothing with a component."""
    snapshot = Look(engine, uid=app.uid)
    own = [container for container in snapshot.listed() if key in container.labels.get(labels.SHARES, key).split(",")]
    return (*filter(None, (snapshot.container(container.id) for container in own)), *adopted(snapshot, uid=app.uid))


def is_orphan(container: Container, existing: Iterable[str]) -> bool:
    """Whether a container that it shares with is gone."""
    return not lenders(container) <= set(existing)
