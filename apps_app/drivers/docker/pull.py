"""Images: there, or brought from their registry, with how far that is in bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from apps_app.drivers.docker.engine import Engine, registry_of
from apps_app.drivers.docker.wanted import Wanted
from apps_app.drivers.errors import DriverError

type Watch = Callable[["Progress"], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an image is: bytes of those known so far."""

    image: str
    done: int
    total: int


def quiet(progress: Progress) -> None:
    """For those who do not look."""


def bring(engine: Engine, wanted: Wanted, watch: Watch = quiet) -> None:
    """Sees to it that the image is there. Raises DriverError."""
    image = wanted.image
    policy = str(wanted.component.engine.get("pull_policy") or "missing")
    if engine.image(image) is not None and policy not in {"always", "build"}:
        return
    if policy in {"never", "build"}:
        raise DriverError(f"the image {image} is not on this engine, and its pull_policy is {policy}", permanent=True)
    counted = _Counted(image)
    for line in engine.pull(image, wanted.platform):
        if said := line.get("error"):
            raise _refused(image, str(said))
        if counted.takes(line):
            watch(counted.progress)
    if engine.image(image) is None:
        raise _refused(image, "the engine has pulled it and does not have it")


def objection(engine: Engine, wanted: Wanted) -> str:
    """Why the image cannot be had, or does not fit the engine; "" where it can be run."""
    there = engine.image(wanted.image)
    if there is None:
        return _unreachable(engine, wanted)
    info = engine.info()
    if wanted.platform or not there.architecture or _same(there.architecture, info.architecture):
        return ""
    return f"the image {wanted.image} is for {there.architecture}, and this engine is {info.architecture}"


def _unreachable(engine: Engine, wanted: Wanted) -> str:
    image = wanted.image
    if str(wanted.component.engine.get("pull_policy") or "") in {"never", "build"}:
        return f"the image {image} is not on this engine, and its pull_policy forbids to pull it"
    try:
        told = engine.in_registry(image)
    except DriverError as error:
        return str(_refused(image, str(error)))
    platforms = told.get("Platforms")
    offered = {
        str(one.get("architecture"))
        for one in (platforms if isinstance(platforms, list) else [])
        if isinstance(one, dict)
    }
    own = engine.info().architecture
    if wanted.platform or not offered or any(_same(one, own) for one in offered):
        return ""
    return f"the image {image} is for {', '.join(sorted(offered))}, and this engine is {own}"


def _refused(image: str, said: str) -> DriverError:
    host = registry_of(image)
    passing = any(one in said.lower() for one in ("timeout", "toomanyrequests", "connection reset", "eof"))
    said = said.removeprefix("the Docker Engine refused: ")
    advice = (
        f"check its name, and the login for {host}"
        if "denied" in said or "not found" in said
        else f"is {host} reachable?"
    )
    return DriverError(
        f"the image {image} is not on this engine and cannot be pulled: {said}; {advice}", permanent=not passing
    )


def _same(one: str, other: str) -> bool:
    names = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "armv6l": "arm", "i686": "386", "i386": "386"}
    return names.get(one, one) == names.get(other, other)


@dataclass
class _Counted:
    """Layers by id: how much of each is there."""

    image: str
    layers: dict[str, tuple[int, int]] = field(default_factory=dict)

    def takes(self, line: Mapping[str, JsonValue]) -> bool:
        layer, detail = line.get("id"), line.get("progressDetail")
        if not isinstance(layer, str) or not isinstance(detail, dict) or line.get("status") != "Downloading":
            return False
        current, total = detail.get("current"), detail.get("total")
        if not isinstance(current, int) or not isinstance(total, int):
            return False
        self.layers[layer] = (current, total)
        return True

    @property
    def progress(self) -> Progress:
        return Progress(
            self.image, sum(done for done, _ in self.layers.values()), sum(total for _, total in self.layers.values())
        )
