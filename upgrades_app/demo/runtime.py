"""Runtime of the demo: a Git repository or a Docker Engine."""

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
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.connection import DEFAULT_ADDRESS, read_address
from apps_app.drivers.registry import validate_config
from apps_app.models import Application, Target
from config.errors import OperationRefused
from upgrades_app.demo.environment import find_free_port
from upgrades_app.demo.images import LOCAL, PUBLIC, LocalImages
from upgrades_app.demo.shop import WRITTEN, ShopEdition

GATE = "1s"
LOOPBACK = "127.0.0.1"
_PORTS = range(8080, 8180)
_ADVICE = "start one, or set DOCKER_HOST"


@dataclass(frozen=True)
class DemoRuntime:
    """Kind and configuration of the demo target."""

    kind: str = "git"
    config: Mapping[str, JsonValue] = field(default_factory=lambda: {"path": "git", "branch": "main"})
    images: LocalImages | None = None

    @property
    def edition(self) -> ShopEdition:
        return self.images.edition if self.images is not None else WRITTEN

    @cached_property
    def engine(self) -> Engine:
        return connect_engine(self.config)

    def values(self) -> dict[str, str]:
        """Return the values an install needs: an available port."""
        return {"WEB_PORT": str(find_free_port(LOOPBACK, _PORTS))} if self.images is not None else {}


def build_docker_runtime(*, local: bool) -> DemoRuntime:
    """Use the engine at DOCKER_HOST, or the local one. Raises OperationRefused for an invalid address."""
    config: dict[str, JsonValue] = {"address": os.environ.get("DOCKER_HOST") or DEFAULT_ADDRESS, "gate": GATE}
    certificates = os.environ.get("DOCKER_CERT_PATH")
    if certificates and str(config["address"]).startswith("tcp://"):
        names = {"ca": "ca.pem", "certificate": "cert.pem", "key": "key.pem"}
        config |= {name: str(Path(certificates).absolute() / file) for name, file in names.items()}
    if faults := validate_config("docker", config):
        raise OperationRefused(f"No Docker Engine available: {'; '.join(faults)}.")
    return DemoRuntime("docker", config, LOCAL if local else PUBLIC)


def connect_engine(config: Mapping[str, JsonValue]) -> Engine:
    return Engine(read_address(config, settings.TARGETS))


def describe_runtime(runtime: DemoRuntime, shelf: LocalImages, progress: Callable[[str], None]) -> list[str]:
    """Describe the engine and provide the images. Raises OperationRefused if either fails."""
    try:
        info = runtime.engine.get_info()
    except DriverError as error:
        raise OperationRefused(f"No Docker Engine available: {error}; {_ADVICE}.") from error
    if shelf is LOCAL:
        _build_images(runtime)
    else:
        for image in shelf.images:
            _pull_images(runtime.engine, image, progress)
    where = f"Docker Engine {info.version} on {info.system}/{info.architecture}   {runtime.config['address']}"
    return [where, f"images: {', '.join(shelf.images)}"]


def _build_images(runtime: DemoRuntime) -> None:
    script = settings.BASE_DIR / "tests" / "images" / "build"
    environment = {**os.environ, "DOCKER_HOST": str(runtime.config["address"])}
    try:
        built = subprocess.run([script, "--if-missing"], env=environment, capture_output=True, text=True, check=False)
    except OSError as error:
        raise OperationRefused(f"The local images cannot be built: {error}.") from error
    if built.returncode:
        data = built.stderr.strip().splitlines() or ["no error message"]
        raise OperationRefused(f"The local images could not be built: {data[-1]}.")


def _pull_images(engine: Engine, image: str, progress: Callable[[str], None]) -> None:
    try:
        if engine.get_image(image) is not None:
            return
        progress(f"pulling {image}")
        for line in engine.pull(image):
            if "error" in line:
                raise DriverError(str(line["error"]), permanent=True)
    except DriverError as error:
        advice = "Use --local-images to build small images instead"
        raise OperationRefused(f"The image {image} could not be pulled: {error}. {advice}.") from error


def clear_engines() -> int:
    """Remove all containers of the demo; return their number. Raises OperationRefused."""
    call_command("migrate", verbosity=0, interactive=False)
    literal = 0
    for target in Target.objects.filter(kind="docker"):
        engine = connect_engine(target.config)
        for application in Application.objects.filter(target=target):
            try:
                literal += _clear_engine(engine, str(application.uid))
            except DriverError as error:
                raise OperationRefused(f"{application.slug} could not be removed from the engine: {error}.") from error
    return literal


def _clear_engine(engine: Engine, uid: str) -> int:
    containers = engine.list_containers(uid=uid)
    for container in containers:
        engine.remove(container.id)
    for network in engine.list_networks(uid=uid):
        engine.remove_network(network.id)
    for volume in engine.list_volumes(uid=uid):
        engine.remove_volume(volume.name)
    return len(containers)
