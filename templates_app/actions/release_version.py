"""Releases a draft version: from then on the database itself refuses to alter it."""

from django.db import transaction
from django.utils import timezone

from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.appspec.schema.serialize import digest
from templates_app.models import TemplateVersion


@transaction.atomic
def release_version(version: TemplateVersion, by: Actor) -> TemplateVersion:
    """Raises Refused unless it is a draft whose components are all synchronized."""
    by.require(version.template.team, Role.PUBLISHER)
    version = locked(version)
    if not version.is_draft:
        raise Refused(f"{version} is {version.get_state_display().lower()} already.", url=version.get_absolute_url())
    _refuse_unfinished(version)
    if digest(version.document) != version.digest:
        raise Refused(f"The document of {version} does not have the digest it was synchronized with. Publish it again.")
    version.state = TemplateVersion.State.RELEASED
    version.released_by, version.released_at = by.user, timezone.now()
    version.save(update_fields=["state", "released_by", "released_at"])
    audit.record(by, "released", version, team=version.template.team, data={"digest": version.digest})
    return version


def locked(version: TemplateVersion) -> TemplateVersion:
    """The row as it is now, locked until the transaction ends. Raises Refused where it was cancelled meanwhile."""
    rows = TemplateVersion.objects.select_for_update(of=("self",)).select_related("template__team")
    result = rows.filter(pk=version.pk).first()
    if result is None:
        raise Refused(f"{version} is gone: its publication was cancelled.")
    return result


def _refuse_unfinished(version: TemplateVersion) -> None:
    lines = list(version.sync_records.unfinished())
    if not lines:
        return
    failed = [line.key for line in lines if line.status == line.Status.FAILED]
    if failed:
        errors = [f"{line.key}: {line.error}" for line in lines if line.error]
        raise Refused(f"{', '.join(failed)} could not be synchronized.", errors)
    raise Refused(f"Still to be synchronized: {', '.join(line.key for line in lines)}.")
