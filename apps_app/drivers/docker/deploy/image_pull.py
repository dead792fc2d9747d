"""Images: there, or brought from their registry, with how far that is in bytes."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from apps_app.drivers.base import DriverError, Progress, Watch
from apps_app.drivers.docker.api.client import Engine, registry_of
from apps_app.drivers.docker.payload.desired_container import Wanted
from apps_app.drivers.docker.state import host_info

_PASSING = (
    "timeout",
    "toomanyrequests",
    "connection reset",
    "connection refused",
    "eof",
    "temporary failure",
    "502 bad gateway",
    "503 service unavailable",
)
_UNKNOWN_TO_IT = ("denied", "unauthorized", "authentication required", "no basic auth credentials")
_OFTEN, _SELDOM = 1.0, 10.0
"""Seconds after which progress is told again: where much has come since, and in any case."""


def bring_missing(engine: Engine, desired: Wanted) -> None:
    """Sees to it that the image is there, be it the newest or not; nobody watches. Raises DriverError."""
    if engine.image(desired.image) is None:
        bring(engine, desired, lambda _: None)


def bring(engine: Engine, desired: Wanted, watch: Watch) -> None:
    """Sees to it that the image is there, and is the newest where that is asked for. Raises DriverError."""
    image = desired.image
    policy = str(desired.component.engine.get("pull_policy") or "missing")
    if engine.image(image) is not None and policy != "always":
        return
    if policy in {"never", "build"}:
        raise DriverError(f"the image {image} is not on this engine, and its pull_policy is {policy}", permanent=True)
    _pull(engine, desired, watch)
    if engine.image(image) is None:
        raise _refused(engine, image, "the engine has pulled it and does not have it")


def _pull(engine: Engine, desired: Wanted, watch: Watch) -> None:
    """Tells the beginning, and what is there in between."""
    counted, room = _Counted(desired.image), host_info.free(engine)
    progress, last = counted.progress, time.monotonic()
    watch(progress)
    for line in _lines(engine, desired):
        if value := line.get("error"):
            raise _refused(engine, desired.image, str(value))
        if not counted.takes(line):
            continue
        now, since = counted.progress, time.monotonic() - last
        if room is not None and now.total > room:
            raise DriverError(host_info.too_little(desired.image, now.total, room), permanent=True)
        if since >= _SELDOM or (since >= _OFTEN and (now.done - progress.done) * 50 >= now.total):
            watch(now)
            progress, last = now, time.monotonic()


def _lines(engine: Engine, desired: Wanted) -> Iterator[Mapping[str, JsonValue]]:
    try:
        yield from engine.pull(desired.image, desired.platform)
    except DriverError as error:
        raise _refused(engine, desired.image, str(error)) from error


def objection(engine: Engine, desired: Wanted) -> str:
    """Why the image cannot be had, or does not fit the engine; "" where it can be run. Raises DriverError where the
    registry may answer later."""
    image = engine.image(desired.image)
    if image is None:
        return _unreachable(engine, desired)
    info = engine.info()
    if desired.platform or not image.architecture or _same(image.architecture, info.architecture):
        return ""
    return f"the image {desired.image} is for {image.architecture}, and this engine is {info.architecture}"


def _unreachable(engine: Engine, desired: Wanted) -> str:
    image = desired.image
    if str(desired.component.engine.get("pull_policy") or "") in {"never", "build"}:
        return f"the image {image} is not on this engine, and its pull_policy forbids to pull it"
    try:
        tree = engine.in_registry(image)
    except DriverError as error:
        refused = _refused(engine, image, str(error))
        if not refused.permanent:
            raise refused from error
        return str(refused)
    platforms = tree.get("Platforms")
    offered = {
        str(platform.get("architecture"))
        for platform in (platforms if isinstance(platforms, list) else [])
        if isinstance(platform, dict)
    }
    own = engine.info().architecture
    if desired.platform or not offered or any(_same(name, own) for name in offered):
        return ""
    return f"the image {image} is for {', '.join(sorted(offered))}, and this engine is {own}"


def _refused(engine: Engine, image: str, text: str) -> DriverError:
    text = text.removeprefix("the Docker Engine refused: ")
    passing = any(phrase in text.lower() for phrase in _PASSING)
    item = f"the image {image} is not on this engine and cannot be pulled: {text}; {_advice(engine, image, text)}"
    return DriverError(item, permanent=not passing)


def _advice(engine: Engine, image: str, text: str) -> str:
    host = registry_of(image)
    login = engine.address.logins.get(host)
    if any(phrase in text.lower() for phrase in _UNKNOWN_TO_IT):
        if login is None:
            return f"{host} wants a login: add one under Registry logins, or check the image's name"
        return (
            f"{host} refuses the login of {login.username}: change it under Registry logins, or check the image's name"
        )
    return "check its name" if "not found" in text else f"is {host} reachable from the engine?"


def _same(name: str, other: str) -> bool:
    names = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "armv6l": "arm", "i686": "386", "i386": "386"}
    return names.get(name, name) == names.get(other, other)


@dataclass
class _Counted:
    """Layers by id: how much of each is there."""

    image: str
    layers: dict[str, tuple[int, int]] = field(default_factory=dict)

    def takes(self, line: Mapping[str, JsonValue]) -> bool:
        """Whether the line tells of bytes that have come."""
        layer, detail = line.get("id"), line.get("progressDetail")
        if not isinstance(layer, str) or not isinstance(detail, dict):
            return False
        if line.get("status") == "Download complete" and layer in self.layers:
            self.layers[layer] = (self.layers[layer][1],) * 2
            return True
        current, total = detail.get("current"), detail.get("total")
        if line.get("status") != "Downloading" or not isinstance(current, int) or not isinstance(total, int):
            return False
        self.layers[layer] = (current, total)
        return True

    @property
    def progress(self) -> Progress:
        return Progress(
            self.image, sum(done for done, _ in self.layers.values()), sum(total for _, total in self.layers.values())
        )
