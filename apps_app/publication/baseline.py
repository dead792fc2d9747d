from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from apps_app.models import Application, ReleaseRecord
from apps_app.queries.pending_changes import list_pending_values
from apps_app.queries.rendered_spec import get_secret_values, get_set_values
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import AppTemplate, TemplateVersion


@dataclass(frozen=True, slots=True)
class PublicationSource:
    """The desired document of an application, and the values that its operator set: plain ones and secrets apart."""

    spec: AppSpec
    values: Mapping[str, str]
    sealed: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_application(cls, application: Application) -> "PublicationSource":
        return cls(application.desired_spec(), get_set_values(application), get_secret_values(application))


def find_base_version(template: AppTemplate | None, sort_key: str = "") -> TemplateVersion | None:
    """What a version is compared with: the newest published one before it, else the newest of all.

    A fix of an older line (1.0.1 after 1.1) is held against its own line (1.0).
    """
    if template is None:
        return None
    published = template.versions.published().newest_first().select_related("template")
    before = published.filter(sort_key__lt=sort_key).first() if sort_key else None
    return before or published.first()


def find_unfinished(application: Application, template: AppTemplate | None) -> tuple[ReleaseRecord, ...]:
    """Return the latest three publications of this application or template that are not released or cancelled."""
    related = Q(application=application) | Q(version__template=template) if template else Q(application=application)
    rows = ReleaseRecord.objects.unfinished().filter(related, team=application.team_id)
    return tuple(rows.select_related("version").defer("version__document").newest_first()[:3])


def describe_never_applied(application: Application) -> str:
    """Return which parts of the publication were never applied, as a sentence; "" if all of them were."""
    if application.target is None:
        return "This application has no target. Its current state was never deployed."
    pending = sorted(row.key for row in application.components.all() if row.desired is not None and row.is_pending)
    if pending:
        verb = "has" if len(pending) == 1 else "have"
        return f"{', '.join(pending)} {verb} changes that were never applied on {application.target.slug}."
    if application.definitions_desired != application.definitions_applied:
        return f"Parameters, volumes or networks have changes that were never applied on {application.target.slug}."
    if list_pending_values(application):
        return f"Values have changes that were never applied on {application.target.slug}."
    return ""
