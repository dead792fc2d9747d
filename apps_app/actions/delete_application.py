"""Deletes an application here: once nothing of it is on a target, or, by an owner, leaving behind what is there."""

from contextlib import suppress

from django.db import transaction

from apps_app.actions.locks import lock
from apps_app.drivers.adoption import Adopter
from apps_app.drivers.base import DriverError
from apps_app.models import Application, ReleaseRecord
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused


@transaction.atomic
def delete_application(application: Application, by: Actor) -> None:
    """Its components, values and installation go; its records stay, with its name.

    Raises Refused while something of it is on its target, while a record is at work, and while a version is being
    published from it.
    """
    by.require(application.team, Role.OPERATOR)
    application = _free(application)
    if application.was_ever_applied():
        raise Refused(f"{application} is still on {application.target}. Uninstall it first.")
    audit.record(by, "deleted", application)
    _delete(application)


@transaction.atomic
def forget_application(application: Application, by: Actor) -> None:
    """Deletes it here although it is still on its target, where everything stays as it is and is nobody's any more.

    Raises Refused as `delete_application` does, and where nothing is there: then it is simply deleted.
    """
    by.require(application.team, Role.OWNER)
    application = _free(application)
    if not application.was_ever_applied():
        raise Refused(f"Nothing of {application} is on a target. Delete it instead.")
    left = {"target": str(application.target), "left behind": applied_keys(application)}
    audit.record(by, "forgot", application, data=left)
    _delete(application)


def applied_keys(application: Application) -> list[str]:
    """The components that are on its target, as far as Uplift knows."""
    current = application.components.exclude(applied__isnull=True, applied_unknown=False)
    return list(current.values_list("key", flat=True))


def open_publication(application: Application) -> ReleaseRecord | None:
    return ReleaseRecord.objects.filter(application=application).unfinished().first()


def _delete(application: Application) -> None:
    """What it took in from others is theirs again; a target that does not answer goes on thinking that it is not."""
    target, placement = application.target, application.placement
    application.delete()

    def give_back() -> None:
        if target is not None:
            with suppress(DriverError):
                driver = target.driver()
                if isinstance(driver, Adopter):
                    driver.release(placement)

    transaction.on_commit(give_back)


def _free(application: Application) -> Application:
    if not Application.objects.filter(pk=application.pk).exists():
        raise Refused(f"{application} was deleted meanwhile.")
    application = lock(application)
    if (record := open_publication(application)) is not None:
        raise Refused(
            f"{record.template_label} {record.version_label} is being published from {application}. "
            "Finish that, or give it up.",
            url=record.get_absolute_url(),
        )
    return application
