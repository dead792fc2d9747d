"""Confirms a publication whose components are all synchronized: its version is released."""

from django.db import transaction

from apps_app.models import ReleaseRecord
from config.accounts import audit
from config.accounts.actor import Actor
from config.accounts.models import Role
from config.errors import Refused
from templates_app.actions.release_version import release_version
from templates_app.models import TemplateVersion


@transaction.atomic
def confirm_release(record: ReleaseRecord, by: Actor) -> TemplateVersion:
    """The released version. Raises Refused where it was given up or is not synchronized."""
    by.require(record.team, Role.PUBLISHER)
    version = unfinished_version(record)
    released = release_version(version, by)
    audit.record(by, "confirmed publication", record, data={"digest": released.digest})
    return released


def unfinished_version(record: ReleaseRecord) -> TemplateVersion:
    """The draft that the record is about. Raises Refused where there is none any more."""
    if record.cancelled_at is not None:
        raise Refused(f"{record} was given up by {record.cancelled_by}.")
    if record.version is None:
        raise Refused(f"The version of {record} was deleted.")
    return record.version
