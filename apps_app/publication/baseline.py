"""What a publication is made from and is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from apps_app.models import Application, ReleaseRecord
from apps_app.queries.pending_changes import waiting_values
from apps_app.queries.rendered_spec import given_values, secret_values
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import AppTemplate, TemplateVersion


@dataclass(frozen=True, slots=True)
class Source:
    """The desired document of an application, and the values that its operator set: plain ones and secrets apart."""

    spec: AppSpec
    values: Mapping[str, str]
    sealed: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, application: Application) -> "Source":
        return cls(application.desired_spec(), given_values(application), secret_values(application))


def base_version(template: AppTemplate | None, sort_key: str = "") -> TemplateVersion | None:
    """What a version is compared with: the newest published one before it, else the newest of all.

    A fix of an older line (1.0.1 after 1.1) is held against its own line (1.0).
    """
    if template is None:
        return None
    published = template.versions.published().newest_first().select_related("template")
    before = published.filter(sort_key__lt=sort_key).first() if sort_key else None
    return before or published.first()


def unfinished(application: Application, template: AppTemplate | None) -> tuple[ReleaseRecord, ...]:
    """Publications of this application, or of this template, that were neither released nor given up."""
    theirs = Q(application=application) | Q(version__template=template) if template else Q(application=application)
    rows = ReleaseRecord.objects.unfinished().filter(theirs, team=application.team_id)
    return tuple(rows.select_related("version").defer("version__document").newest_first()[:3])


def never_ran(application: Application) -> str:
    """Which parts of what would be published never ran as they are, as a sentence; "" where all of it did."""
    if application.target is None:
        return "This application has no target: nothing of it ever ran as it is."
    waiting = sorted(row.key for row in application.components.all() if row.desired is not None and row.pending)
    if waiting:
        verb = "has" if len(waiting) == 1 else "have"
        return f"{', '.join(waiting)} {verb} changes that never ran on {application.target.slug}."
    if application.frame_desired != application.frame_applied:
        return f"Parameters, volumes or networks have changes that never ran on {application.target.slug}."
    if waiting_values(application):
        return f"Values have changes that never ran on {application.target.slug}."
    return ""
