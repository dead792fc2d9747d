"""One container made, with its networks and files, and not started."""

import re
from collections.abc import Mapping
from dataclasses import replace

from pydantic import JsonValue

from apps_app.drivers.base import DriverError
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import Role
from apps_app.drivers.docker.api.models import Container, Tree
from apps_app.drivers.docker.deploy.file_injection import put_files
from apps_app.drivers.docker.payload.desired_container import Wanted, shared
from apps_app.drivers.docker.state.container_decoder import expected, made_of
from apps_app.drivers.docker.state.namespace_sharing import current_of

_UNNAMED = re.compile(r"[0-9a-f]{64}")


def make(
    engine: Engine, desired: Wanted, replica: int, role: Role, run: str, *, named: bool, before: Container | None
) -> str:
    """Creates the container of one replica; its id. `named`: it gets its names in the networks at once; `before` is
    the one it follows, whose unnamed volumes it takes over. Raises DriverError, and leaves nothing behind then."""
    sure = _certified(engine, desired)
    text = _made(engine, sure, replica, role, run, named=named, before=before)
    if sure.made and not _is_as_foretold(engine, sure, text):
        engine.remove(text)
        text = _made(engine, desired, replica, role, run, named=named, before=before)
    try:
        put_files(engine, text, desired.files)
    except BaseException:
        engine.remove(text)
        raise
    return text


def _certified(engine: Engine, desired: Wanted) -> Wanted:
    """With what the engine will say of its container, so that another one in its place is known."""
    image = engine.inspect("image", desired.image)
    if image is None:
        return desired
    return replace(desired, made=made_of(desired.app.uid, desired.key, expected(desired, image)))


def _is_as_foretold(engine: Engine, desired: Wanted, text: str) -> bool:
    """Not where the engine says some option in words of its own."""
    return made_of(desired.app.uid, desired.key, engine.inspect("container", text) or {}) == desired.made


def _made(
    engine: Engine, desired: Wanted, replica: int, role: Role, run: str, *, named: bool, before: Container | None
) -> str:
    """The container in its networks, without its files."""
    document = desired.document(replica, run)
    host = document["HostConfig"]
    if isinstance(host, dict):
        document["HostConfig"] = _with_unnamed(engine, _resolved(engine, desired, host), desired, before)
    ends = {name: end if named else bare(end) for name, end in desired.endpoints.items()}
    first = next(iter(ends), None)
    if first is not None:
        mac = ends[first].get("MacAddress")
        if mac and engine.api_version < (1, 44):
            document["MacAddress"] = mac
        document["NetworkingConfig"] = {"EndpointsConfig": {first: ends[first]}}
    text = engine.create(desired.name(replica, role), document, desired.platform)
    try:
        for name, end in ends.items():
            if name != first:
                engine.connect(name, text, end)
    except BaseException:
        engine.remove(text)
        raise
    return text


def bare(end: Tree) -> Tree:
    """An end in a network without names."""
    return {name: value for name, value in end.items() if name != "Aliases"}


def _resolved(engine: Engine, desired: Wanted, host: Tree) -> Tree:
    """`service:web` is the container of web that runs now."""
    resolved = dict(host)
    for field, key in shared(resolved).items():
        resolved[field] = f"container:{_first(engine, desired, key)}"
    if isinstance(sources := resolved.get("VolumesFrom"), list):
        resolved["VolumesFrom"] = [_lender(engine, desired, str(source)) for source in sources]
    return resolved


def _lender(engine: Engine, desired: Wanted, text: str) -> JsonValue:
    if text.startswith("container:"):
        return text.removeprefix("container:")
    key, separator, mode = text.partition(":")
    return _first(engine, desired, key) + separator + mode


def _first(engine: Engine, desired: Wanted, key: str) -> str:
    lender = current_of(engine, desired.app, key)
    if lender is None:
        raise DriverError(f"{desired.key} shares with {key}, which is not there; add it first", permanent=True)
    return lender.id


def _with_unnamed(engine: Engine, host: Tree, desired: Wanted, before: Container | None) -> Tree:
    """The host document with the unnamed volumes of the container before, so that their data stays."""
    volumes = _unnamed(engine, desired, before) if before is not None else {}
    if not volumes:
        return host
    mounts = host.get("Mounts")
    others = [mount for mount in (mounts if isinstance(mounts, list) else []) if not _at(mount, volumes)]
    reused: list[JsonValue] = [{"Type": "volume", "Source": name, "Target": path} for path, name in volumes.items()]
    return {**host, "Mounts": [*others, *reused]}


def _unnamed(engine: Engine, desired: Wanted, before: Container) -> dict[str, str]:
    mounts = desired.component.mounts
    image = engine.image(desired.image)
    paths = {path for path, mount in mounts.items() if mount.kind == "volume" and not mount.source}
    paths |= (image.volumes if image else frozenset()) - mounts.keys()
    return {
        mount.path: mount.name
        for mount in before.mounts
        if mount.kind == "volume" and mount.path in paths and _UNNAMED.fullmatch(mount.name)
    }


def _at(mount: JsonValue, paths: Mapping[str, str]) -> bool:
    return isinstance(mount, dict) and mount.get("Target") in paths
