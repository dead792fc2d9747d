"""Rows for tests. Teams and users get names of their own; a membership says who may do what."""

from factory.declarations import Sequence, SubFactory
from factory.django import DjangoModelFactory, Password

from config.accounts.models import Membership, Role, Team, User


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
    made: User = MembershipFactory.create(team=team, role=role, **{f"user__{k}": v for k, v in user.items()}).user
    return made
