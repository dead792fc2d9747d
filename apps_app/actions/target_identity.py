"""Whether another address of a target leads to the same engine as before: what runs there stays where it is."""

from collections.abc import Mapping

from django.conf import settings
from pydantic import JsonValue

from apps_app.drivers.base import DriverError
from apps_app.drivers.registry import KINDS, open_driver
from apps_app.models import Application, Target
from config.errors import Refused


class Elsewhere(Refused):
    """The applications that are there would be looked for in another place; that can be meant."""


def identity_of(kind: str, config: Mapping[str, JsonValue], secret: str = "") -> str:
    """Who answers there; "" where nobody does, and of a kind that starts nothing. It may take its time."""
    if not KINDS[kind].runs:
        return ""
    try:
        return open_driver(kind, config, secret, home=settings.TARGETS).ping().identity
    except DriverError:
        return ""


def refuse_elsewhere(target: Target, observed: str) -> None:
    """Raises Elsewhere unless what was `observed` at the new address is what the target has led to so far."""
    count = Application.objects.filter(target=target, components__applied__isnull=False).distinct().count()
    if not count or not KINDS[target.kind].runs:
        return
    affected = "One application is" if count == 1 else f"{count} applications are"
    known = target.identity or identity_of(target.kind, target.config, target.secret.reveal())
    if not observed:
        reason = "Nobody answers at the new address, so it is not known whether this is the same engine."
    elif not known:
        reason = "It is not known whether the new address leads to the same engine: the one before does not answer."
    elif known != observed:
        reason = "The new address leads to another engine."
    else:
        return
    raise Elsewhere(
        f"{reason} {affected} on this target, and would be looked for in the new place. Tick that it is meant."
    )
