"""Containers that share the network, PID or IPC namespace of another one.

They refer to its id, so they have to be recreated or restarted with it.
"""

import re
from collections.abc import Iterable

from apps_app.drivers.base import Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.adoption_labels import inspect_adopted_containers
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import ContainerRole
from apps_app.drivers.docker.api.models import EngineContainer, seconds_between
from apps_app.drivers.docker.api.snapshot import Snapshot
from apps_app.drivers.docker.payload.desired_container import SHARED_NAMESPACES, DesiredContainer, map_shared_namespaces
from apps_app.drivers.docker.state.replacement import Replacement
from apps_app.drivers.docker.state.replica_set import ReplicaSet, get_role, group_by_key, is_job

_CONTAINER_MODE = re.compile(r"container:([0-9a-f]{64})")


def list_namespace_owners(container: EngineContainer) -> frozenset[str]:
    """Return the ids of the containers whose namespaces a container shares."""
    matches = (_CONTAINER_MODE.fullmatch(str(container.host_config.get(field) or "")) for field in SHARED_NAMESPACES)
    return frozenset(match[1] for match in matches if match)


def get_current_container(engine: Engine, app: Placement, key: str) -> EngineContainer | None:
    """Return the container of a component that others share namespaces with."""
    containers = group_by_key(engine.inspect_containers(uid=app.uid, key=key)).get(key, ())
    return next((container for container in containers if get_role(container) is ContainerRole.CURRENT), None)


def shares_current_namespaces(engine: Engine, desired: DesiredContainer, containers: Iterable[EngineContainer]) -> bool:
    """Whether containers share the namespaces of the current owners, and not of replaced ones."""
    keys = frozenset(map_shared_namespaces(desired.host).values())
    if not keys:
        return True
    current = (get_current_container(engine, desired.app, key) for key in keys)
    owners = {container.id for container in current if container is not None}
    return all(list_namespace_owners(container) == owners for container in containers)


def restart_namespace_users(engine: Engine, app: Placement, key: str) -> None:
    """Restore or restart the containers that share namespaces with a restarted or restored component.

    Kept containers that share with it are restored; running ones that started before it are restarted, because they
    still have its former namespaces. Others are steps of the plan. Raises DriverError.
    """
    users = _list_possible_users(engine, app, key)
    owner = get_current_container(engine, app, key) if users else None
    if owner is None:
        return
    for other, containers in group_by_key(users).items():
        sharing = tuple(item for item in containers if owner.id in list_namespace_owners(item))
        if previous := ReplicaSet(sharing).with_role(ContainerRole.OLD):
            Replacement(engine, app, other).restore(previous)
            continue
        for container in sharing:
            if _has_stale_namespace(container, owner):
                engine.restart(container.id)


def _has_stale_namespace(container: EngineContainer, owner: EngineContainer) -> bool:
    is_older = seconds_between(container.state.started_at, owner.state.started_at) > 0
    is_running = container.state.status == "running" and get_role(container) is ContainerRole.CURRENT
    return is_running and is_older and not is_job(container)


def _list_possible_users(engine: Engine, app: Placement, key: str) -> tuple[EngineContainer, ...]:
    """Return the containers whose labels do not rule out that they share namespaces with a component."""
    snapshot = Snapshot(engine, uid=app.uid)
    listed = snapshot.list_containers()
    candidates = (item.id for item in listed if key in item.labels.get(labels.SHARES_WITH, key).split(","))
    own = (snapshot.get_container(identity) for identity in candidates)
    return (*filter(None, own), *inspect_adopted_containers(snapshot, uid=app.uid))


def is_orphan(container: EngineContainer, existing: Iterable[str]) -> bool:
    """Whether a container shares the namespace of one that no longer exists."""
    return not list_namespace_owners(container) <= set(existing)
