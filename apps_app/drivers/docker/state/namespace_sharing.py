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


def lenders(one: Container) -> frozenset[str]:
    """The ids of the containers that it shares with."""
    found = (_OF_OURS.fullmatch(str(one.host.get(field) or "")) for field in SHARED)
    return frozenset(match[1] for match in found if match)


def current_of(engine: Engine, app: Placement, key: str) -> Container | None:
    """The container of a component that others share with."""
    found = grouped(engine.containers(uid=app.uid, key=key)).get(key, ())
    return next((one for one in found if role_of(one) is Role.CURRENT), None)


def share_rightly(engine: Engine, wanted: Wanted, found: Iterable[Container]) -> bool:
    """Whether these share with the containers that are there now, and not with those before."""
    keys = frozenset(shared(wanted.host).values())
    if not keys:
        return True
    there = {one.id for key in keys if (one := current_of(engine, wanted.app, key)) is not None}
    return all(lenders(one) == there for one in found)


def follow(engine: Engine, app: Placement, key: str) -> None:
    """Once a component stands anew: those that were kept and share with it come back, and those that run and share
    with it start again where it started after them. The others are the plan's. Raises DriverError."""
    sharing = _may_share(engine, app, key)
    lender = current_of(engine, app, key) if sharing else None
    if lender is None:
        return
    for other, containers in grouped(sharing).items():
        mine = tuple(one for one in containers if lender.id in lenders(one))
        if kept := Standing(mine).of(Role.OLD):
            Swap(engine, app, other).bring_back(kept)
            continue
        for one in mine:
            late = seconds_between(one.state.started_at, lender.state.started_at) > 0
            if role_of(one) is Role.CURRENT and one.state.status == "running" and late and not is_job(one):
                engine.restart(one.id)


def _may_share(engine: Engine, app: Placement, key: str) -> tuple[Container, ...]:
    """The containers that do not say, or say otherwise, that they share nothing with a component."""
    look = Look(engine, uid=app.uid)
    own = [one for one in look.listed() if key in one.labels.get(labels.SHARES, key).split(",")]
    return (*filter(None, (look.container(one.id) for one in own)), *adopted(look, uid=app.uid))


def is_orphan(one: Container, there: Iterable[str]) -> bool:
    """Whether a container that it shares with is gone."""
    return not lenders(one) <= set(there)
