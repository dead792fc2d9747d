"""What the demo's applications run on: a Git repository that is written, or a Docker Engine that runs them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from pydantic import JsonValue

from apps_app.drivers.base import DriverError
from apps_app.drivers.docker.api.address import DEFAULT_ADDRESS, read_address
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.registry import validate_config
from apps_app.models import Application, Target
from config.errors import Refused
from upgrades_app.demo.environment import free_port
from upgrades_app.demo.images import LOCAL, PUBLIC, Shelf
from upgrades_app.demo.shop import WRITTEN, Edition

GATE = "1s"
LOOPBACK = "127.0.0.1"
_PORTS = range(8080, 8180)
_ADVICE = "start one, or say in DOCKER_HOST where it is"


@dataclass(frozen=True)
class Ground:
    """Where the demo's target is: `kind` of target and its configuration."""

    kind: str = "git"
    config: Mapping[str, JsonValue] = field(default_factory=lambda: {"path": "git", "branch": "main"})
    shelf: Shelf | None = None

    @property
    def edition(self) -> Edition:
        return self.shelf.edition if self.shelf is not None else WRITTEN

    @cached_property
    def engine(self) -> Engine:
        return engine_at(self.config)

    def values(self) -> dict[str, str]:
        """What an install is asked for here: a free port of this machine."""
        return {"WEB_PORT": str(free_port(LOOPBACK, _PORTS))} if self.shelf is not None else {}


def on_engine(*, local: bool) -> Ground:
    """The engine that DOCKER_HOST names, or this machine's own. Raises Refused where that is no usable address."""
    config: dict[str, JsonValue] = {"address": os.environ.get("DOCKER_HOST") or DEFAULT_ADDRESS, "gate": GATE}
    certificates = os.environ.get("DOCKER_CERT_PATH")
    if certificates and str(config["address"]).startswith("tcp://"):
        names = {"ca": "ca.pem", "certificate": "cert.pem", "key": "key.pem"}
        config |= {name: str(Path(certificates).absolute() / file) for name, file in names.items()}
    if faults := validate_config("docker", config):
        raise Refused(f"There is no engine to use: {'; '.join(faults)}.")
    return Ground("docker", config, LOCAL if local else PUBLIC)


def engine_at(config: Mapping[str, JsonValue]) -> Engine:
    return Engine(read_address(config, settings.TARGETS))


def lines_about(ground: Ground, shelf: Shelf, progress: Callable[[str], None]) -> list[str]:
    """The engine in a line, with every image there. Raises Refused where it does not answer, or an image is missing."""
    try:
        info = ground.engine.info()
    except DriverError as error:
        raise Refused(f"No Docker Engine to run the demo on: {error}; {_ADVICE}.") from error
    if shelf is LOCAL:
        _build(ground)
    else:
        for image in shelf.images:
            _pull(ground.engine, image, progress)
    where = f"Docker Engine {info.version} on {info.system}/{info.architecture}   {ground.config['address']}"
    return [where, f"images: {', '.join(shelf.images)}"]


def _build(ground: Ground) -> None:
    script = settings.BASE_DIR / "tests" / "images" / "build"
    environment = {**os.environ, "DOCKER_HOST": str(ground.config["address"])}
    try:
        built = subprocess.run([script, "--if-missing"], env=environment, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Refused(f"The local images cannot be made: {error}.") from error
    if built.returncode:
        data = built.stderr.strip().splitlines() or ["it says no more"]
        raise Refused(f"The local images could not be made of Debian's packages: {data[-1]}.")


def _pull(engine: Engine, image: str, progress: Callable[[str], None]) -> None:
    try:
        if engine.image(image) is not None:
            return
        progress(f"pulling {image}")
        for line in engine.pull(image):
            if "error" in line:
                raise DriverError(str(line["error"]), permanent=True)
    except DriverError as error:
        advice = "--local-images makes small ones instead, without a registry"
        raise Refused(f"The image {image} could not be pulled: {error}. {advice}.") from error


def clear_engines() -> int:
    """How many containers went. Raises Refused where an engine that has some does not answer."""
    call_command("migrate", verbosity=0, interactive=False)
    count = 0
    for target in Target.objects.filter(kind="docker"):
        engine = engine_at(target.config)
        for application in Application.objects.filter(target=target):
            try:
                count += _clear(engine, str(application.uid))
            except DriverError as error:
                raise Refused(f"{application.slug} could not be taken off the engine: {error}.") from error
    return count


def _clear(engine: Engine, uid: str) -> int:
    containers = engine.listed(uid=uid)
    for container in containers:
        engine.remove(container.id)
    for network in engine.networks(uid=uid):
        engine.remove_network(network.id)
    for volume in engine.volumes(uid=uid):
        engine.remove_volume(volume.name)
    return len(containers)
