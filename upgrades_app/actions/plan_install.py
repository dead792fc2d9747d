"""Plan a new application from a released version; like any plan it runs once it is confirmed."""

from __future__ import annotations

from django.db import transaction

from apps_app.actions.create_application import create_application
from apps_app.models import Installation, Target
from config.accounts.actor import Actor
from config.accounts.models import Team
from config.errors import Refused
from templates_app.models import TemplateVersion
from upgrades_app.actions.propose import propose_install
from upgrades_app.actions.store import store
from upgrades_app.engine.situation import Answers
from upgrades_app.models import UpgradeRecord


@transaction.atomic
def plan_install(
    version: TemplateVersion,
    by: Actor,
    *,
    team: Team,
    name: str,
    target: Target,
    answers: Answers | None = None,
    reason: str = "",
) -> UpgradeRecord:
    """The planned record of the install. Raises Refused, with nothing created, where the plan is not ready."""
    template = version.template
    if not type(template).objects.visible_to(by.user).filter(pk=template.pk).exists():
        raise Refused(f"There is no template {template.slug} that you may see.")
    application = create_application(by, team=team, name=name, target=target)
    Installation.objects.create(application=application, template=template)
    return store(propose_install(application, version, answers or Answers()), by, reason=reason)
