from collections.abc import Mapping

from django.conf import settings
from pydantic import JsonValue

from apps_app.drivers.base import DriverError
from apps_app.drivers.registry import KINDS, open_driver
from apps_app.models import Application, Target
from config.errors import OperationRefused


class TargetMoved(OperationRefused):
    """The applications that are there would be looked for in another place; that can be meant."""


def read_identity(kind: str, config: Mapping[str, JsonValue], secret: str = "") -> str:
    """Who answers there; "" where nobody does, and of a kind that starts nothing. It may take its time."""
    if not KINDS[kind].starts_containers:
        return ""
    try:
        return open_driver(kind, config, secret, home=settings.TARGETS).ping().identity
    except DriverError:
        return ""


def check_identity(target: Target, text: str) -> None:
    """Raises Elsewhere unless what was `found` at the new address is what the target has led to so far."""
    count = Application.objects.filter(target=target, components__applied__isnull=False).distinct().count()
    if not count or not KINDS[target.kind].starts_containers:
        return
    existing = "One application is" if count == 1 else f"{count} applications are"
    known = target.identity or read_identity(target.kind, target.config, target.secret.reveal())
    if not text:
        literal = "The new address is unreachable, so Uplift cannot verify that it is the same engine."
    elif not known:
        literal = "The current address is unreachable, so Uplift cannot verify that both are the same engine."
    elif known != text:
        literal = "The new address is a different engine."
    else:
        return
    raise TargetMoved(f"{literal} {existing} on this target. Confirm that the new address is a different engine.")
