"""Rows for tests. Teams and users get names of their own; a membership says who may do what."""

from typing import Any

from factory.declarations import LazyAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory, Password

from apps_app.models import Application, Component, Target
from apps_app.models.application import frame_of
from config.accounts.models import Membership, Role, Team, User
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import digest, tree
from templates_app.appspec.versioning import versions
from templates_app.models import AppTemplate, TemplateVersion
from tests.specs import WEB_AND_DB


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = Sequence(lambda n: f"user{n}")
    password = Password("secret")


class TeamFactory(DjangoModelFactory[Team]):
    class Meta:
        model = Team

    slug = Sequence(lambda n: f"team-{n}")
    name = Sequence(lambda n: f"Team {n}")


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = SubFactory(UserFactory)
    team = SubFactory(TeamFactory)
    role = Role.VIEWER


def member(team: Team, role: Role, **user: object) -> User:
    """A new user with this role in the team."""
    created: User = MembershipFactory.create(team=team, role=role, **{f"user__{k}": v for k, v in user.items()}).user
    return created


class AppTemplateFactory(DjangoModelFactory[AppTemplate]):
    class Meta:
        model = AppTemplate

    team = SubFactory(TeamFactory)
    slug = Sequence(lambda n: f"template-{n}")
    name = Sequence(lambda n: f"Template {n}")


class TemplateVersionFactory(DjangoModelFactory[TemplateVersion]):
    """A released version; ``spec`` is its document."""

    class Meta:
        model = TemplateVersion

    class Params:
        spec = WEB_AND_DB

    template = SubFactory(AppTemplateFactory)
    version = "1.0"
    sort_key = LazyAttribute(lambda made: versions.sort_key(made.version))
    prerelease = LazyAttribute(lambda made: versions.read(made.version).is_prerelease)
    state = TemplateVersion.State.RELEASED
    document = LazyAttribute(lambda made: tree(made.spec))
    digest = LazyAttribute(lambda made: digest(made.spec))


class TargetFactory(DjangoModelFactory[Target]):
    """A memory target of its own."""

    class Meta:
        model = Target

    team = SubFactory(TeamFactory)
    slug = Sequence(lambda n: f"target-{n}")
    kind = "memory"
    config = LazyAttribute(lambda target: {"name": f"{target.team.slug}-{target.slug}"})


class ApplicationFactory(DjangoModelFactory[Application]):
    """An application without components or target; `application` makes one out of a document."""

    class Meta:
        model = Application

    team = SubFactory(TeamFactory)
    slug = Sequence(lambda n: f"application-{n}")
    name = LazyAttribute(lambda application: application.slug.replace("-", " ").capitalize())


def application(spec: AppSpec, *, applied: AppSpec | None = None, **fields: Any) -> Application:
    """An application that wants `spec`, and has `applied` on its target."""
    created: Application = ApplicationFactory.create(frame_desired=frame_of(spec), **fields)
    before = applied.components if applied is not None else {}
    if applied is not None:
        created.frame_applied = frame_of(applied)
        created.save()
    Component.objects.bulk_create(
        Component(
            application=created,
            key=key,
            desired=tree(spec.components[key]) if key in spec.components else None,
            applied=tree(before[key]) if key in before else None,
        )
        for key in sorted(spec.components.keys() | before.keys())
    )
    return created
