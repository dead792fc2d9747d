"""Team pages: an owner keeps the members, a member looks, a stranger finds nothing; the last owner stays."""

import pytest

from config.accounts.access.actor import Actor, Forbidden
from config.accounts.actions.team_members import change_role, remove_member
from config.accounts.models import AuditEntry, Membership, Role, Team, User
from config.errors import Refused
from tests.conftest import SignedIn
from tests.factories import UserFactory, member

pytestmark = pytest.mark.django_db
CHANGES = ("/teams/shop/add-member/", "/teams/shop/members/viewer/", "/teams/shop/members/viewer/remove/")


def roles(team: Team) -> dict[str, str]:
    return {
        membership.user.username: membership.get_role_display()
        for membership in team.memberships.select_related("user")
    }


def entry(team: Team) -> tuple[str, dict[str, str]]:
    result = AuditEntry.objects.about(team)[0]
    return result.verb, result.data


class TestThreePeople:
    def test_one_who_may(self, owner: User, viewer: User) -> None:
        client = SignedIn(owner)
        page = client.get("/teams/shop/").text
        assert "Add a member" in page
        assert "/teams/shop/members/viewer/remove/" in page
        assert [client.get(url).status_code for url in CHANGES] == [200, 200, 200]

    def test_one_who_may_look(self, owner: User, viewer: User) -> None:
        client = SignedIn(viewer)
        page = client.get("/teams/shop/").text
        assert "owner" in page
        assert "Add a member" not in page
        assert "Remove" not in page
        for url in CHANGES:
            assert client.get(url).status_code == 403
            assert (
                "You are a viewer of team Shop; this takes an owner."
                in client.post(url, {"name": "x", "role": 10}).text
            )

    def test_one_who_must_not_know(self, owner: User, viewer: User, stranger: User) -> None:
        client = SignedIn(stranger)
        assert "Shop" not in client.get("/teams/").text
        assert {client.get(url).status_code for url in ("/teams/shop/", *CHANGES)} == {404}


def test_an_owner_adds_by_user_name(team: Team, owner: User) -> None:
    UserFactory.create(username="ada")
    answer = SignedIn(owner).post("/teams/shop/add-member/", {"name": " ada ", "role": Role.OPERATOR}, follow=True)
    assert "ada is an operator of Shop now." in answer.text
    assert roles(team) == {"owner": "Owner", "ada": "Operator"}
    assert entry(team) == ("added a member", {"member": "ada", "role": "Operator"})


@pytest.mark.parametrize(
    ("name", "said"),
    [("nobody", "Nobody here signs in as nobody."), ("gone", "Nobody here"), ("owner", "owner is a member of Shop")],
)
def test_whom_one_cannot_add(team: Team, owner: User, name: str, said: str) -> None:
    UserFactory.create(username="gone", is_active=False)
    assert said in SignedIn(owner).post("/teams/shop/add-member/", {"name": name, "role": Role.OWNER}).text
    assert roles(team) == {"owner": "Owner"}


def test_an_owner_changes_a_role(team: Team, owner: User, viewer: User) -> None:
    answer = SignedIn(owner).post("/teams/shop/members/viewer/", {"role": Role.PUBLISHER})
    assert answer["Location"] == "/teams/shop/"
    assert roles(team)["viewer"] == "Publisher"
    assert entry(team) == ("changed a role", {"member": "viewer", "from": "Viewer", "to": "Publisher"})


def test_an_owner_removes_a_member(team: Team, owner: User, viewer: User) -> None:
    client = SignedIn(owner)
    assert "Remove viewer from Shop?" in client.get("/teams/shop/members/viewer/remove/").text
    assert "viewer" in roles(team)
    client.post("/teams/shop/members/viewer/remove/")
    assert roles(team) == {"owner": "Owner"}
    assert entry(team) == ("removed a member", {"member": "viewer", "role": "Viewer"})
    assert SignedIn(viewer).get("/teams/shop/").status_code == 404


def test_the_last_owner_cannot_go(team: Team, owner: User) -> None:
    client = SignedIn(owner)
    message = "owner is the last owner of Shop."
    assert message in client.post("/teams/shop/members/owner/", {"role": Role.VIEWER}).text
    assert message in client.post("/teams/shop/members/owner/remove/", follow=True).text
    member(team, Role.OWNER, username="asleep", is_active=False)
    assert message in client.post("/teams/shop/members/owner/remove/", follow=True).text
    assert roles(team)["owner"] == "Owner"


def test_one_of_two_owners_can_go_and_then_no_more(team: Team, owner: User) -> None:
    other = member(team, Role.OWNER, username="other")
    assert SignedIn(owner).post("/teams/shop/members/owner/remove/")["Location"] == "/teams/"
    with pytest.raises(Refused, match="other is the last owner"):
        remove_member(Membership.objects.get(user=other), Actor.system())


def test_a_role_is_one_of_the_roles(team: Team, owner: User, viewer: User) -> None:
    page = SignedIn(owner).post("/teams/shop/members/viewer/", {"role": 99}).text
    assert "99 is not one of the available choices" in page
    assert roles(team)["viewer"] == "Viewer"


class TestMakingOne:
    def test_a_superuser_makes_a_team_with_its_first_owner(self, superuser: User, viewer: User) -> None:
        client = SignedIn(superuser)
        assert "Make a team" in client.get("/teams/").text
        assert client.post("/teams/new/", {"name": "New", "owner": "viewer"})["Location"] == "/teams/new-2/"
        team = Team.objects.get(slug="new-2")
        assert roles(team) == {"viewer": "Owner"}
        assert {item.verb for item in AuditEntry.objects.about(team)} == {"created", "added a member"}

    def test_no_team_is_left_where_its_owner_is_not_there(self, superuser: User) -> None:
        page = SignedIn(superuser).post("/teams/new/", {"name": "Fresh", "owner": "nobody"})
        assert "Nobody here signs in as nobody." in page.text
        assert not Team.objects.filter(name="Fresh").exists()

    def test_nobody_else_makes_one(self, owner: User) -> None:
        client = SignedIn(owner)
        assert "Make a team" not in client.get("/teams/").text
        assert client.get("/teams/new/").status_code == 403
        assert client.post("/teams/new/", {"name": "Mine", "owner": "owner"}).status_code == 403
        with pytest.raises(Forbidden):
            Actor.of(owner).require_superuser()


def test_the_menu_leads_there(owner: User, viewer: User) -> None:
    assert 'href="/audit/"' in SignedIn(owner).get("/teams/").text
    page = SignedIn(viewer).get("/teams/").text
    assert 'href="/teams/"' in page
    assert 'href="/audit/"' not in page


def test_who_was_removed_at_the_same_moment_is_no_member_any_more(team: Team, owner: User, viewer: User) -> None:
    stale = Membership.objects.select_related("team", "user").get(user=viewer)
    Membership.objects.filter(pk=stale.pk).delete()
    with pytest.raises(Refused, match=r"viewer is no member of Shop any more\."):
        change_role(stale, Actor.of(owner), role=Role.OPERATOR)
    with pytest.raises(Refused, match=r"viewer is no member of Shop any more\."):
        remove_member(stale, Actor.of(owner))
