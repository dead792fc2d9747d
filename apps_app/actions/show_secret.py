"""Tells an operator a secret that was set or generated, and the audit trail who was told."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.accounts.sealing.sealed import Secret
from config.errors import Refused


@dataclass(frozen=True, slots=True)
class Shown:
    """The value as it is wanted, and as the target has it while that is another one."""

    wanted: Secret | None
    applied: Secret | None


@transaction.atomic
def show_secret(application: Application, by: Actor, name: str) -> Shown:
    """The value of a secret parameter. Raises Refused where there is none to show."""
    by.require(application.team, Role.OPERATOR)
    shown = find_secret(application, name)
    audit.record(by, "revealed", application, label=f"{name} of {application.name}")
    return shown


def find_secret(application: Application, name: str) -> Shown:
    """What there is to show, before anybody is told. Raises Refused where there is nothing."""
    parameter = application.legible_spec().parameters.get(name)
    row = application.values.filter(name=name).first()
    if row is None or (row.desired is None and row.applied is None):
        raise Refused(f"{application.name} has no value of {name}.")
    if not row.secret and (parameter is None or not parameter.secret):
        raise Refused(f"{name} is no secret: its value is on the settings of {application.name}.")
    return Shown(row.desired, row.applied if row.applied != row.desired else None)
