"""Publishes an application as a new version of a template: a draft, until all its components are synchronized."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from apps_app.actions.locks import lock
from apps_app.actions.write_desired_state import write_desired, write_secrets
from apps_app.models import Application, ReleaseRecord
from apps_app.publication.baseline import Source, base_version
from apps_app.publication.choices import Choices, NewTemplate
from apps_app.publication.version_document import Publication, assemble
from apps_app.queries.unpublished_changes import source_mark
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.actions.create_template import create_template
from templates_app.actions.queue_sync import queue_sync
from templates_app.appspec.presentation.published_view import compare_published, relations
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import digest, tree
from templates_app.appspec.versioning.versions import ReadVersion, VersionError, read
from templates_app.models import AppTemplate, SyncRecord, TemplateVersion


@transaction.atomic
def publish(
    application: Application,
    by: Actor,
    *,
    template: AppTemplate | NewTemplate,
    version: str,
    alias: str = "",
    notes: str = "",
    choices: Choices | None = None,
    queue: bool = True,
) -> ReleaseRecord:
    """Stores a draft version with a sync record a component, and hands it to the workers unless `queue` says no.

    What looks like a credential and was not chosen to be published plain becomes a secret parameter of the source too.
    Raises Refused with everything that keeps it from being published.
    """
    by.require(application.team, Role.PUBLISHER)
    read_version = read_or_refuse(version)
    application = lock(application)
    row = _template(application, by, template)
    refuse_taken(row, read_version)
    base = base_version(row, read_version.sort_key)
    source = Source.of(application)
    publication = assemble(source.spec, source.values, base.spec if base else None, choices or Choices(), source.sealed)
    refuse_unchanged(base, read_version, publication.spec)
    _hide(application, publication, source.sealed, by)
    draft = _draft(row, read_version, publication.spec, by, alias.strip(), notes.strip())
    _sync_records(draft, base.spec if base else AppSpec())
    record = _record(application, draft, publication, by)
    audit.record(by, "published", record, data={"digest": draft.digest, "left_out": list(publication.left_out)})
    if queue:
        queue_sync(draft)
    return record


def read_or_refuse(version: str) -> ReadVersion:
    """The version as it is read. Raises Refused with the nearest spelling that would do."""
    try:
        return read(version)
    except VersionError as error:
        text = str(error)
        raise Refused(f"{text[0].upper()}{text[1:]}{'' if text.endswith('?') else '.'}") from None


def refuse_taken(template: AppTemplate, version: ReadVersion) -> None:
    """Raises Refused where the template has this version, also by another spelling."""
    rows = template.versions.select_related("release_record")
    used = rows.filter(sort_key=version.sort_key).first()
    if used is None:
        return
    if not used.is_draft:
        same = "" if used.version == version.text else f"; {version.text} is the same version"
        raise Refused(f"{template.name} has {used.version} already{same}.", url=used.get_absolute_url())
    record = ReleaseRecord.objects.filter(version=used).first()
    who = f" by {record.by_label}" if record else ""
    raise Refused(
        f"{used.version} of {template.name} is being published{who}: continue it, or give it up.",
        url=record.get_absolute_url() if record else "",
    )


def refuse_unchanged(base: TemplateVersion | None, version: ReadVersion, spec: AppSpec) -> None:
    """Raises Refused where the document is the last version's; a final version may repeat its pre-release."""
    if base is None or base.digest != digest(spec) or (base.prerelease and not version.is_prerelease):
        return
    raise Refused(
        f"Nothing has changed since {base.version}, so there is nothing to publish.", url=base.get_absolute_url()
    )


def _template(application: Application, by: Actor, template: AppTemplate | NewTemplate) -> AppTemplate:
    """The template's row, locked, so that two publications of it take turns."""
    if isinstance(template, NewTemplate):
        return create_template(
            by, team=application.team, name=template.name, description=template.description, scope=template.scope
        )
    by.require(template.team, Role.PUBLISHER)
    return AppTemplate.objects.select_for_update(of=("self",)).select_related("team").get(pk=template.pk)


def _hide(application: Application, publication: Publication, sealed: Mapping[str, str], by: Actor) -> None:
    if publication.secrets:
        write_desired(application, publication.source, by)
        write_secrets(
            application, {name: item for name, item in publication.secrets.items() if sealed.get(name) != item}
        )
        audit.record(by, "made secret parameters", application, data={"parameters": sorted(publication.secrets)})


def _draft(
    template: AppTemplate, version: ReadVersion, spec: AppSpec, by: Actor, alias: str, notes: str
) -> TemplateVersion:
    try:
        with transaction.atomic():
            return TemplateVersion.objects.create(
                template=template,
                version=version.text,
                sort_key=version.sort_key,
                prerelease=version.is_prerelease,
                document=tree(spec),
                digest=digest(spec),
                alias=alias,
                notes=notes,
                created_by=by.user,
            )
    except IntegrityError:
        refuse_taken(template, version)
        raise


def relations_of(before: AppSpec, after: AppSpec) -> dict[str, tuple[str, str]]:
    """Each component of either version → new, changed, unchanged or removed, and its image as it reads."""
    comparison = compare_published(before, after)
    shown = {change.key: change.after or change.before for change in comparison.components}
    return {
        key: (relation, component.image[:512] if (component := shown[key]) else "")
        for key, relation in relations(comparison).items()
    }


def _sync_records(draft: TemplateVersion, before: AppSpec) -> None:
    SyncRecord.objects.bulk_create(
        SyncRecord(version=draft, key=key, relation=relation, image=image)
        for key, (relation, image) in relations_of(before, draft.spec).items()
    )


def _record(application: Application, draft: TemplateVersion, publication: Publication, by: Actor) -> ReleaseRecord:
    return ReleaseRecord.objects.create(
        team=application.team,
        application=application,
        application_label=application.name,
        version=draft,
        template_label=draft.template.name,
        version_label=draft.version,
        left_out=list(publication.left_out),
        source_mark=source_mark(application),
        by=by.user,
        by_label=by.name,
    )
