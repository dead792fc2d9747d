from collections.abc import Mapping

from django.db import IntegrityError, transaction

from apps_app.actions.locks import lock_application
from apps_app.actions.write_desired_state import write_desired_state, write_secrets
from apps_app.models import Application, ReleaseRecord
from apps_app.publication.baseline import PublicationSource, find_base_version
from apps_app.publication.choices import NewTemplate, PublicationChoices
from apps_app.publication.version_document import Publication, build_version_document
from apps_app.queries.unpublished_changes import compute_source_digest
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import OperationRefused
from templates_app.actions.create_template import create_template
from templates_app.actions.queue_sync import queue_sync
from templates_app.appspec.presentation.published_view import compare_components, compare_published
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import compute_digest, to_plain
from templates_app.appspec.versioning.versions import ParsedVersion, VersionError, parse_version
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
    choices: PublicationChoices | None = None,
    queue: bool = True,
) -> ReleaseRecord:
    """Stores a draft version with a sync record a component, and hands it to the workers unless `queue` says no.

    What looks like a credential and was not chosen to be published plain becomes a secret parameter of the source too.
    Raises OperationRefused with everything that keeps it from being published.
    """
    by.require(application.team, Role.PUBLISHER)
    read_version = parse_new_version(version)
    application = lock_application(application)
    row = _get_or_create_template(application, by, template)
    check_version_unused(row, read_version)
    base = find_base_version(row, read_version.sort_key)
    source = PublicationSource.from_application(application)
    publication = build_version_document(
        source.spec, source.values, base.spec if base else None, choices or PublicationChoices(), source.sealed
    )
    check_changed(base, read_version, publication.spec)
    _extract_secrets(application, publication, source.sealed, by)
    draft = _create_draft(row, read_version, publication.spec, by, alias.strip(), notes.strip())
    _create_sync_records(draft, base.spec if base else AppSpec())
    record = _create_release_record(application, draft, publication, by)
    audit.record(by, "published", record, data={"digest": draft.digest, "left_out": list(publication.left_out)})
    if queue:
        queue_sync(draft)
    return record


def parse_new_version(version: str) -> ParsedVersion:
    """The version as it is read. Raises OperationRefused with the nearest spelling that would do."""
    try:
        return parse_version(version)
    except VersionError as error:
        text = str(error)
        raise OperationRefused(f"{text[0].upper()}{text[1:]}{'' if text.endswith('?') else '.'}") from None


def check_version_unused(template: AppTemplate, version: ParsedVersion) -> None:
    """Raises OperationRefused where the template has this version, also by another spelling."""
    rows = template.versions.select_related("release_record")
    used = rows.filter(sort_key=version.sort_key).first()
    if used is None:
        return
    if not used.is_draft:
        same = "" if used.version == version.text else f"({version.text} is the same version)"
        raise OperationRefused(
            f"{template.name} already has version {used.version}{same}.", url=used.get_absolute_url()
        )
    record = ReleaseRecord.objects.filter(version=used).first()
    who = f" by {record.by_label}" if record else ""
    raise OperationRefused(
        f"{used.version} of {template.name} is being published{who}. Continue or cancel that publication.",
        url=record.get_absolute_url() if record else "",
    )


def check_changed(base: TemplateVersion | None, version: ParsedVersion, spec: AppSpec) -> None:
    """Raises OperationRefused where the document is the last version's; a final version may repeat its pre-release."""
    if base is None or base.digest != compute_digest(spec) or (base.prerelease and not version.is_prerelease):
        return
    raise OperationRefused(
        f"Nothing has changed since {base.version}. There is nothing to publish.", url=base.get_absolute_url()
    )


def _get_or_create_template(application: Application, by: Actor, template: AppTemplate | NewTemplate) -> AppTemplate:
    """The template's row, locked, so that two publications of it take turns."""
    if isinstance(template, NewTemplate):
        return create_template(
            by, team=application.team, name=template.name, description=template.description, scope=template.scope
        )
    by.require(template.team, Role.PUBLISHER)
    return AppTemplate.objects.select_for_update(of=("self",)).select_related("team").get(pk=template.pk)


def _extract_secrets(application: Application, publication: Publication, sealed: Mapping[str, str], by: Actor) -> None:
    if publication.secrets:
        write_desired_state(application, publication.source, by)
        write_secrets(
            application, {name: item for name, item in publication.secrets.items() if sealed.get(name) != item}
        )
        audit.record(by, "extracted secret parameters", application, data={"parameters": sorted(publication.secrets)})


def _create_draft(
    template: AppTemplate, version: ParsedVersion, spec: AppSpec, by: Actor, alias: str, notes: str
) -> TemplateVersion:
    try:
        with transaction.atomic():
            return TemplateVersion.objects.create(
                template=template,
                version=version.text,
                sort_key=version.sort_key,
                prerelease=version.is_prerelease,
                document=to_plain(spec),
                digest=compute_digest(spec),
                alias=alias,
                notes=notes,
                created_by=by.user,
            )
    except IntegrityError:
        check_version_unused(template, version)
        raise


def compare_with_base(before: AppSpec, after: AppSpec) -> dict[str, tuple[str, str]]:
    """Each component of either version → new, changed, unchanged or removed, and its image as it reads."""
    comparison = compare_published(before, after)
    shown = {change.key: change.after or change.before for change in comparison.components}
    return {
        key: (relation, component.image[:512] if (component := shown[key]) else "")
        for key, relation in compare_components(comparison).items()
    }


def _create_sync_records(draft: TemplateVersion, before: AppSpec) -> None:
    SyncRecord.objects.bulk_create(
        SyncRecord(version=draft, key=key, relation=relation, image=image)
        for key, (relation, image) in compare_with_base(before, draft.spec).items()
    )


def _create_release_record(
    application: Application, draft: TemplateVersion, publication: Publication, by: Actor
) -> ReleaseRecord:
    return ReleaseRecord.objects.create(
        team=application.team,
        application=application,
        application_label=application.name,
        version=draft,
        template_label=draft.template.name,
        version_label=draft.version,
        left_out=list(publication.left_out),
        source_digest=compute_source_digest(application),
        by=by.user,
        by_label=by.name,
    )
