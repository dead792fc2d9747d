"""Takes off the engine what the demo put there: containers, networks and volumes of its own applications."""

from __future__ import annotations

from django.core.management import call_command

from apps_app.drivers.docker.engine import Engine
from apps_app.drivers.errors import DriverError
from apps_app.models import Application, Target
from config.errors import Refused
from upgrades_app.demo.ground import engine_at


def clear_engines() -> int:
    """How many containers went. Raises Refused where an engine that has some does not answer."""
    call_command("migrate", verbosity=0, interactive=False)
    gone = 0
    for target in Target.objects.filter(kind="docker"):
        engine = engine_at(target.config)
        for application in Application.objects.filter(target=target):
            try:
                gone += _clear(engine, str(application.uid))
            except DriverError as error:
                raise Refused(f"{application.slug} could not be taken off the engine: {error}.") from error
    return gone


def _clear(engine: Engine, uid: str) -> int:
    containers = engine.listed(uid=uid)
    for container in containers:
        engine.remove(container.id)
    for network in engine.networks(uid=uid):
        engine.remove_network(network.id)
    for volume in engine.volumes(uid=uid):
        engine.remove_volume(volume.name)
    return len(containers)
