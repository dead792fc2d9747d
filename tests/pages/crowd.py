"""Many rows of everything that a list shows, made at once."""

from django.utils import timezone

from apps_app.models import Application, Component, Installation, Observation, ReleaseRecord, Target
from config.accounts.models import AuditEntry, Membership, Role, Team, User
from templates_app.appspec.schema.serialize import digest, tree
from templates_app.appspec.versioning.versions import sort_key
from templates_app.models import AppTemplate, TemplateVersion
from tests.pages.scene import Scene
from tests.specs import WEB_AND_DB
from upgrades_app.models import UpgradeEvent, UpgradeRecord
from upgrades_app.models.record import Status

DOCUMENT, DIGEST = tree(WEB_AND_DB), digest(WEB_AND_DB)
MOVES = 100
"""So many upgrades an application has behind it after years."""


def crowd(scene: Scene, count: int) -> None:
    """`count` more applications, templates, versions, targets, release records, upgrade records and events."""
    numbers = range(count)
    name = scene.team.slug
    templates = AppTemplate.objects.bulk_create(
        AppTemplate(team=scene.team, slug=f"{name}-t{n}", name=f"Template {n}") for n in numbers
    )
    _versions(templates, [scene.template] * count)
    _targets_and_applications(scene, count)
    _releases(scene, count)
    _records(scene, count)
    _moves(scene, min(count, MOVES))
    _people(scene, count)


def _people(scene: Scene, count: int) -> None:
    """As many teams of the owner, members of the team, and lines of what they did."""
    name = scene.team.slug
    teams = Team.objects.bulk_create(Team(slug=f"{name}-team-{n}", name=f"{name} {n}") for n in range(count))
    users = User.objects.bulk_create(User(username=f"{name}-{n}") for n in range(count))
    Membership.objects.bulk_create(Membership(team=team, user=scene.owner, role=Role.OWNER) for team in teams)
    Membership.objects.bulk_create(Membership(team=scene.team, user=user) for user in users)
    AuditEntry.objects.bulk_create(
        AuditEntry(user=user, actor=user.username, team=scene.team, verb="edited", object_type="x.y", label=f"web {n}")
        for n, user in enumerate(users)
    )


def _versions(templates: list[AppTemplate], more_of: list[AppTemplate]) -> None:
    created = [_version(template, "1.0") for template in templates]
    created += [_version(template, f"0.1.{n}") for n, template in enumerate(more_of)]
    TemplateVersion.objects.bulk_create(created)


def _version(template: AppTemplate, version: str) -> TemplateVersion:
    return TemplateVersion(
        template=template,
        version=version,
        sort_key=sort_key(version),
        state=TemplateVersion.State.RELEASED,
        document=DOCUMENT,
        digest=DIGEST,
        released_at=timezone.now(),
    )


def _targets_and_applications(scene: Scene, count: int) -> None:
    name = scene.team.slug
    targets = Target.objects.bulk_create(
        Target(team=scene.team, slug=f"t{n}", kind="memory", config={"name": f"{name}-{n}"}) for n in range(count)
    )
    applications = Application.objects.bulk_create(
        Application(team=scene.team, slug=f"{name}-a{n}", name=f"Aa {n}", target=(target, scene.files)[n % 2])
        for n, target in enumerate(targets)
    )
    components = Component.objects.bulk_create(
        Component(application=application, key="web", desired={"image": "a"}, applied={"image": "b"})
        for application in applications
    )
    Observation.objects.bulk_create(Observation(component=component, health="healthy") for component in components)
    old = scene.template.versions.get(version="1.0")
    Installation.objects.bulk_create(
        Installation(application=application, template=scene.template, version=old) for application in applications
    )


def _releases(scene: Scene, count: int) -> None:
    versions = scene.template.versions.filter(version__startswith="0.1.")
    ReleaseRecord.objects.bulk_create(
        ReleaseRecord(
            team=scene.team,
            application=scene.source,
            application_label="Shop",
            version=version,
            template_label="Shop",
            version_label=version.version,
            by=scene.owner,
            by_label="owner",
        )
        for version in versions
    )


def _records(scene: Scene, count: int) -> None:
    """One of each application of the crowd, in turns well, badly and waiting; and events of the queued one."""
    crowd_of = Application.objects.filter(slug__startswith=f"{scene.team.slug}-a").order_by("pk")[:count]
    states = (Status.SUCCEEDED, Status.FAILED, Status.QUEUED)
    UpgradeRecord.objects.bulk_create(
        _record(scene, application, "1.0", states[n % 3], result="It was done.")
        for n, application in enumerate(crowd_of)
    )
    UpgradeEvent.objects.bulk_create(
        UpgradeEvent(record=scene.queued, kind="note", text=f"line {n}") for n in range(count)
    )


def _moves(scene: Scene, count: int) -> None:
    """Upgrades of `moved` from as many versions, which one could all go back to."""
    versions = scene.template.versions.filter(version__startswith="0.1.").defer("document")[:count]
    UpgradeRecord.objects.bulk_create(
        _record(scene, scene.moved, version.version, Status.SUCCEEDED, from_version=version) for version in versions
    )


def _record(scene: Scene, application: Application, version: str, status: Status, **fields: object) -> UpgradeRecord:
    return UpgradeRecord(
        team=scene.team,
        application=application,
        application_label=application.name,
        kind="upgrade",
        from_label=version,
        to_label="1.1",
        status=status,
        digest=DIGEST,
        fingerprint=DIGEST,
        created_by=scene.owner,
        created_by_label="owner",
        ended_at=timezone.now(),
        **fields,
    )
