"""Renames an application, or says where it shall run."""

from django.db import transaction

from apps_app.actions.locks import lock
from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused


@transaction.atomic
def save_settings(application: Application, by: Actor, *, name: str, target: Target | None) -> Application:
    """Stores name and target. Raises Refused for another target once something was applied."""
    by.require(application.team, Role.OPERATOR)
    application = lock(application)
    if not name.strip():
        raise Refused("An application needs a name.")
    target_id = target.pk if target else None
    if target_id != application.target_id:
        _refuse_target(application, target)
    before = _told(application)
    application.name, application.target = name.strip(), target
    after = {word: value for word, value in _told(application).items() if value != before[word]}
    if after:
        application.save(update_fields=["name", "target"])
        data = {"before": {word: before[word] for word in after}, "after": after}
        audit.record(by, "changed settings", application, url=application.get_absolute_url(), data=data)
    return application


def _told(application: Application) -> dict[str, str]:
    """What is kept here, as the audit trail tells it; a target belongs to the application's own team."""
    return {"name": application.name, "target": application.target.slug if application.target else ""}


def _refuse_target(application: Application, target: Target | None) -> None:
    if application.was_ever_applied():
        raise Refused(
            f"{application.name} is on {application.target}: what was applied there would be left behind. "
            "Install a new application on the other target instead."
        )
    if target is not None and target.team_id != application.team_id:
        raise Refused(f"The target {target.slug} belongs to another team.")
