"""What the tests of publishing share: a source application, and versions of it on their way."""

from typing import Any

from apps_app.actions.finish_publication import confirm_release
from apps_app.actions.publish import publish
from apps_app.actions.write_desired_state import write_desired
from apps_app.models import Application, ReleaseRecord
from apps_app.publication.choices import NewTemplate
from config.accounts.access.actor import Actor
from config.accounts.models import Team
from templates_app.actions.synchronize import synchronize
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import AppTemplate, TemplateVersion
from tests.specs import WEB_AND_DB

ADA = Actor.system("ada")


def source(team: Team, spec: AppSpec = WEB_AND_DB, slug: str = "shop", **fields: Any) -> Application:
    application = Application.objects.create(team=team, slug=slug, name=slug.capitalize(), **fields)
    return edited(application, spec)


def edited(application: Application, spec: AppSpec) -> Application:
    write_desired(application, spec, ADA)
    return Application.objects.get(pk=application.pk)


def draft(application: Application, version: str = "1.0", by: Actor = ADA, **options: Any) -> ReleaseRecord:
    """A publication that waits to be synchronized; of a template called Shop unless another is given."""
    template = options.pop("template", None) or AppTemplate.objects.filter(slug="shop").first() or NewTemplate("Shop")
    return publish(application, by, template=template, version=version, **options)


def synchronized(application: Application, version: str = "1.0", **options: Any) -> ReleaseRecord:
    record = draft(application, version, queue=False, **options)
    synchronize(draft_of(record))
    return record


def released(application: Application, version: str = "1.0", **options: Any) -> TemplateVersion:
    return confirm_release(synchronized(application, version, **options), ADA)


def draft_of(record: ReleaseRecord) -> TemplateVersion:
    assert record.version is not None
    return record.version


def lines(version: TemplateVersion) -> dict[str, str]:
    """Each component's line in few words: "changed redis:8 done"."""
    rows = version.sync_records.all()
    return {row.key: f"{row.relation} {row.image} {row.status}" for row in rows}
