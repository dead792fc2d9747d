"""Teams and roles, and the guard that every view fetches through."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from config.accounts.access.actor import Actor, Forbidden
from config.accounts.access.guards import TeamScoped, fetch
from config.accounts.models import AuditEntry, Membership, Role, Team, User
from tests.factories import MembershipFactory, TeamFactory

pytestmark = pytest.mark.django_db


class MembershipQuerySet(TeamScoped[Membership]):
    pass


def asked_by(user: User | AnonymousUser) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = user
    return request


def memberships() -> MembershipQuerySet:
    return MembershipQuerySet(Membership)


def test_team_default_is_there_from_the_first_migration_on() -> None:
    assert Team.objects.filter(slug="default").exists()


@pytest.mark.django_db(transaction=True)
class TestAfterTestsThatCommit:
    @pytest.mark.parametrize("time", [1, 2])
    def test_team_default_is_there_again(self, time: int) -> None:
        Team.objects.get(slug="default")
        TeamFactory.create()
        assert Team.objects.count() == 2


@pytest.mark.parametrize("held", Role)
@pytest.mark.parametrize("wanted", Role)
def test_a_role_may_what_the_ones_below_it_may(team: Team, held: Role, wanted: Role) -> None:
    user = MembershipFactory.create(team=team, role=held).user
    assert Actor.of(user).may(team, wanted) is (held >= wanted)


def test_a_refusal_says_which_role_it_takes(team: Team, viewer: User) -> None:
    with pytest.raises(Forbidden) as refused:
        Actor.of(viewer).require(team, Role.OPERATOR)
    assert refused.value.sentence == "You are a viewer of team Shop; this takes an operator."


def test_a_refusal_names_every_role_that_one_holds(team: Team, viewer: User, operator: User) -> None:
    other = MembershipFactory.create(user=viewer, team__name="Lab", role=Role.OPERATOR).team
    assert Actor.of(viewer).standing([team, other]) == "You are a viewer of team Shop and an operator of team Lab"
    assert Actor.of(operator).standing([other]) == "You are no member of a team here"


def test_a_superuser_and_the_system_may_everything(team: Team, superuser: User) -> None:
    assert Actor.of(superuser).may(team, Role.OWNER)
    assert Actor.system("cron").may(team, Role.OWNER)
    assert Actor.system("cron").name == "cron"


def test_nobody_acts_without_logging_in() -> None:
    with pytest.raises(Forbidden):
        Actor.of(AnonymousUser())


def test_an_actor_reads_the_roles_once(
    team: Team, operator: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actor = Actor.of(User.objects.get(pk=operator.pk))
    with django_assert_num_queries(1):
        for role in Role:
            actor.may(team, role)


class TestFetch:
    """Three people: one who may, one who may look, one who must not know."""

    def test_one_who_may(self, team: Team, operator: User) -> None:
        membership = fetch(asked_by(operator), memberships(), Role.OPERATOR, user=operator)
        assert membership.team == team

    def test_one_who_may_look(self, team: Team, viewer: User) -> None:
        assert fetch(asked_by(viewer), memberships(), user=viewer).team == team
        with pytest.raises(Forbidden, match="You are a viewer of team Shop"):
            fetch(asked_by(viewer), memberships(), Role.OPERATOR, user=viewer)

    def test_one_who_must_not_know(self, viewer: User, stranger: User) -> None:
        with pytest.raises(Http404):
            fetch(asked_by(stranger), memberships(), user=viewer)

    def test_one_who_is_of_two_teams_finds_it_once(self, team: Team, viewer: User) -> None:
        MembershipFactory.create(user=viewer, role=Role.OWNER)
        assert fetch(asked_by(viewer), Team.objects.all(), pk=team.pk) == team
        assert Team.objects.visible_to(User.objects.get(pk=viewer.pk)).count() == 2

    def test_a_superuser(self, team: Team, viewer: User, superuser: User) -> None:
        assert fetch(asked_by(superuser), memberships(), Role.OWNER, user=viewer).team == team


def test_teams_by_role(team: Team, publisher: User, stranger: User) -> None:
    assert list(Actor.of(publisher).teams(Role.PUBLISHER)) == [team]
    assert list(Actor.of(publisher).teams(Role.OWNER)) == []
    assert team not in Actor.of(stranger).teams(Role.VIEWER)


def test_audit_entries_are_seen_by_their_team(team: Team, viewer: User, stranger: User) -> None:
    AuditEntry.objects.create(actor="x", team=team, verb="did", object_type="t", object_id="1", label="l")
    assert AuditEntry.objects.visible_to(viewer).count() == 1
    assert AuditEntry.objects.visible_to(stranger).count() == 0
