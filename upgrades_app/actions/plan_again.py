"""Plan an unfinished install again, for the same application."""

from __future__ import annotations

from copy import copy

from django.db import transaction

from apps_app.actions.save_settings import save_settings
from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.models import Role
from config.errors import OperationRefused
from templates_app.models import TemplateVersion
from upgrades_app.actions.build_plan import build_install_proposal
from upgrades_app.actions.discard import discard_plan
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status
from upgrades_app.queries.load_planning_input import read_live_state


def replan_install(
    earlier: UpgradeRecord, version: TemplateVersion, by: Actor, *, name: str, target: Target, answers: Answers
) -> UpgradeRecord:
    """Replace the planned install `earlier` and update the name and target of its application.

    Reads the target before writing. Raises OperationRefused, without any change, if the plan is not ready.
    """
    application = earlier.subject
    by.require(application.team, Role.OPERATOR)
    _check_not_installed(application)
    live = read_live_state(_copy_with_target(application, target))
    with transaction.atomic():
        if earlier.status == Status.PLANNED:
            discard_plan(earlier, by)
        save_settings(application, by, name=name, target=target)
        updated = Application.objects.with_installation().get(pk=application.pk)
        _check_not_installed(updated)
        return save_plan(build_install_proposal(updated, version, answers, live=live), by)


def _check_not_installed(application: Application) -> None:
    if not application.is_install_pending:
        raise OperationRefused(f"{application} is already installed.", url=application.get_absolute_url())


def _copy_with_target(application: Application, target: Target) -> Application:
    """Return a copy of the application on that target, to read its live state."""
    moved = copy(application)
    moved.target = target
    return moved
