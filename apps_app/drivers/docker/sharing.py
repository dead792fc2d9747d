"""Containers that live in another one's network, processes or memory. They hold its id, and fall with it."""

import re
from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from apps_app.drivers.base import Placement
from apps_app.drivers.docker.engine import Engine
from apps_app.drivers.docker.names import Role
from apps_app.drivers.docker.standing import grouped, is_job, role_of
from apps_app.drivers.docker.swap import Swap
from apps_app.drivers.docker.view import Container, seconds_between
from apps_app.drivers.docker.wanted import Wanted

_FIELDS = ("NetworkMode", "IpcMode", "PidMode")
_OF_OURS = re.compile(r"container:([0-9a-f]{64})")


def shared(host: Mapping[str, JsonValue]) -> dict[str, str]:
    """The fields of a host document that name a component to share with → its key."""
    said = {field: str(host.get(field) or "") for field in _FIELDS}
    return {field: one.removeprefix("service:") for field, one in said.items() if one.startswith("service:")}


def lenders(one: Container) -> frozenset[str]:
    """The ids of the containers that it shares with."""
    found = (_OF_OURS.fullmatch(str(one.host.get(field) or "")) for field in _FIELDS)
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
    lender = current_of(engine, app, key)
    if lender is None:
        return
    for other, containers in grouped(engine.containers(uid=app.uid)).items():
        mine = [one for one in containers if lender.id in lenders(one)]
        kept = {at: one for at, one in _kept(engine, app, other).items() if one in mine}
        if kept:
            Swap(engine, app, other).bring_back(kept)
            continue
        for one in mine:
            late = seconds_between(one.state.started_at, lender.state.started_at) > 0
            if role_of(one) is Role.CURRENT and one.state.status == "running" and late and not is_job(one):
                engine.restart(one.id)


def _kept(engine: Engine, app: Placement, key: str) -> dict[int, Container]:
    return Swap(engine, app, key).standing().of(Role.OLD)


def is_orphan(one: Container, there: Iterable[str]) -> bool:
    """Whether a container that it shares with is gone."""
    return not lenders(one) <= set(there)
