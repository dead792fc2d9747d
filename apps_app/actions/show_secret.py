from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.accounts.sealing.sealed import Secret
from config.errors import OperationRefused


@dataclass(frozen=True, slots=True)
class RevealedSecret:
    """The value as it is wanted, and as the target has it while that is another one."""

    desired: Secret | None
    applied: Secret | None


@transaction.atomic
def show_secret(application: Application, by: Actor, name: str) -> RevealedSecret:
    """The value of a secret parameter. Raises OperationRefused where there is none to show."""
    by.require(application.team, Role.OPERATOR)
    shown = find_secret(application, name)
    audit.record(by, "revealed", application, label=f"{name} of {application.name}")
    return shown


def find_secret(application: Application, name: str) -> RevealedSecret:
    """What there is to show, before anybody is told. Raises OperationRefused where there is nothing."""
    parameter = application.parse_desired_leniently().parameters.get(name)
    row = application.values.filter(name=name).first()
    if row is None or (row.desired is None and row.applied is None):
        raise OperationRefused(f"{application.name} has no value of {name}.")
    if not row.secret and (parameter is None or not parameter.secret):
        raise OperationRefused(
            f"{name} is not a secret. Its value is shown on the settings page of {application.name}."
        )
    return RevealedSecret(row.desired, row.applied if row.applied != row.desired else None)
