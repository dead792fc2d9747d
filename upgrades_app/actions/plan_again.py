"""Plan the install of an application again that no version arrived at: of the same one, not of another beside it."""

from __future__ import annotations

from copy import copy

from django.db import transaction

from apps_app.actions.save_settings import save_settings
from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.models import Role
from config.errors import Refused
from templates_app.models import TemplateVersion
from upgrades_app.actions.build_plan import propose_install
from upgrades_app.actions.discard import discard
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status
from upgrades_app.queries.load_planning_input import look


def plan_again(
    earlier: UpgradeRecord, version: TemplateVersion, by: Actor, *, name: str, target: Target, answers: Answers
) -> UpgradeRecord:
    """The planned record in place of `earlier`, whose application gets this name and target.

    The target is asked before anything is written. Raises Refused, with nothing changed, where the plan is not ready.
    """
    application = earlier.subject
    by.require(application.team, Role.OPERATOR)
    _refuse_installed(application)
    live = look(_on(application, target))
    with transaction.atomic():
        if earlier.status == Status.PLANNED:
            discard(earlier, by)
        save_settings(application, by, name=name, target=target)
        updated = Application.objects.with_installation().get(pk=application.pk)
        _refuse_installed(updated)
        return store(propose_install(updated, version, answers, seen=live), by)


def _refuse_installed(application: Application) -> None:
    if not application.waits_for_install:
        raise Refused(f"{application} is installed already.", url=application.get_absolute_url())


def _on(application: Application, target: Target) -> Application:
    """As it would be there, to ask the target about it."""
    moved = copy(application)
    moved.target = target
    return moved
