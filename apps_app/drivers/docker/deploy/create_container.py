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
    engine: Engine, wanted: Wanted, replica: int, role: Role, run: str, *, named: bool, before: Container | None
) -> str:
    """Creates the container of one replica; its id. `named`: it gets its names in the networks at once; `before` is
    the one it follows, whose unnamed volumes it takes over. Raises DriverError, and leaves nothing behind then."""
    sure = _certified(engine, wanted)
    made = _made(engine, sure, replica, role, run, named=named, before=before)
    if sure.made and not _is_as_foretold(engine, sure, made):
        engine.remove(made)
        made = _made(engine, wanted, replica, role, run, named=named, before=before)
    try:
        put_files(engine, made, wanted.files)
    except BaseException:
        engine.remove(made)
        raise
    return made


def _certified(engine: Engine, wanted: Wanted) -> Wanted:
    """With what the engine will say of its container, so that another one in its place is known."""
    image = engine.inspect("image", wanted.image)
    if image is None:
        return wanted
    return replace(wanted, made=made_of(wanted.app.uid, wanted.key, expected(wanted, image)))


def _is_as_foretold(engine: Engine, wanted: Wanted, made: str) -> bool:
    """Not where the engine says some option in words of its own."""
    return made_of(wanted.app.uid, wanted.key, engine.inspect("container", made) or {}) == wanted.made


def _made(
    engine: Engine, wanted: Wanted, replica: int, role: Role, run: str, *, named: bool, before: Container | None
) -> str:
    """The container in its networks, without its files."""
    document = wanted.document(replica, run)
    host = document["HostConfig"]
    if isinstance(host, dict):
        document["HostConfig"] = _with_unnamed(engine, _resolved(engine, wanted, host), wanted, before)
    ends = {name: end if named else bare(end) for name, end in wanted.endpoints.items()}
    first = next(iter(ends), None)
    if first is not None:
        mac = ends[first].get("MacAddress")
        if mac and engine.api_version < (1, 44):
            document["MacAddress"] = mac
        document["NetworkingConfig"] = {"EndpointsConfig": {first: ends[first]}}
    made = engine.create(wanted.name(replica, role), document, wanted.platform)
    try:
        for name, end in ends.items():
            if name != first:
                engine.connect(name, made, end)
    except BaseException:
        engine.remove(made)
        raise
    return made


def bare(end: Tree) -> Tree:
    """An end in a network without names."""
    return {name: value for name, value in end.items() if name != "Aliases"}


def _resolved(engine: Engine, wanted: Wanted, host: Tree) -> Tree:
    """`service:web` is the container of web that runs now."""
    said = dict(host)
    for field, key in shared(said).items():
        said[field] = f"container:{_first(engine, wanted, key)}"
    if isinstance(lent := said.get("VolumesFrom"), list):
        said["VolumesFrom"] = [_lender(engine, wanted, str(one)) for one in lent]
    return said


def _lender(engine: Engine, wanted: Wanted, said: str) -> JsonValue:
    if said.startswith("container:"):
        return said.removeprefix("container:")
    key, separator, mode = said.partition(":")
    return _first(engine, wanted, key) + separator + mode


def _first(engine: Engine, wanted: Wanted, key: str) -> str:
    lender = current_of(engine, wanted.app, key)
    if lender is None:
        raise DriverError(f"{wanted.key} shares with {key}, which is not there; add it first", permanent=True)
    return lender.id


def _with_unnamed(engine: Engine, host: Tree, wanted: Wanted, before: Container | None) -> Tree:
    """The host document with the unnamed volumes of the container before, so that their data stays."""
    kept = _unnamed(engine, wanted, before) if before is not None else {}
    if not kept:
        return host
    told = host.get("Mounts")
    others = [one for one in (told if isinstance(told, list) else []) if not _at(one, kept)]
    mounts: list[JsonValue] = [{"Type": "volume", "Source": name, "Target": path} for path, name in kept.items()]
    return {**host, "Mounts": [*others, *mounts]}


def _unnamed(engine: Engine, wanted: Wanted, before: Container) -> dict[str, str]:
    mounts = wanted.component.mounts
    image = engine.image(wanted.image)
    open_paths = {path for path, one in mounts.items() if one.kind == "volume" and not one.source}
    open_paths |= (image.volumes if image else frozenset()) - mounts.keys()
    return {
        one.path: one.name
        for one in before.mounts
        if one.kind == "volume" and one.path in open_paths and _UNNAMED.fullmatch(one.name)
    }


def _at(mount: JsonValue, paths: Mapping[str, str]) -> bool:
    return isinstance(mount, dict) and mount.get("Target") in paths
