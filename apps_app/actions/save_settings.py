from django.db import transaction

from apps_app.actions.locks import lock_application
from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import OperationRefused


@transaction.atomic
def save_settings(application: Application, by: Actor, *, name: str, target: Target | None) -> Application:
    """Stores name and target. Raises OperationRefused for another target once something was applied."""
    by.require(application.team, Role.OPERATOR)
    application = lock_application(application)
    if not name.strip():
        raise OperationRefused("An application needs a name.")
    target_id = target.pk if target else None
    if target_id != application.target_id:
        _check_target(application, target)
    before = _describe_settings(application)
    application.name, application.target = name.strip(), target
    after = {word: value for word, value in _describe_settings(application).items() if value != before[word]}
    if after:
        application.save(update_fields=["name", "target"])
        data = {"before": {word: before[word] for word in after}, "after": after}
        audit.record(by, "changed settings", application, url=application.get_absolute_url(), data=data)
    return application


def _describe_settings(application: Application) -> dict[str, str]:
    """What is kept here, as the audit trail tells it; a target belongs to the application's own team."""
    return {"name": application.name, "target": application.target.slug if application.target else ""}


def _check_target(application: Application, target: Target | None) -> None:
    if application.was_ever_applied():
        raise OperationRefused(
            f"{application.name} is on {application.target}, and its components would be left behind. "
            "Install a new application on the other target instead."
        )
    if target is not None and target.team_id != application.team_id:
        raise OperationRefused(f"The target {target.slug} belongs to another team.")
