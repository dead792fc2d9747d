"""The lists of targets and of registry logins, narrowed and sorted."""

import re

import pytest
from django.urls import reverse

from apps_app.actions.save_registry_login import save_login
from config.accounts.access.actor import Actor
from config.accounts.models import Role, Team, User
from config.accounts.sealing.sealed import Secret
from tests.conftest import SignedIn
from tests.factories import MembershipFactory, TargetFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(team: Team, owner: User) -> None:
    """Two teams of one owner, each with a target and a login."""
    other = TeamFactory.create(slug="other", name="Other")
    MembershipFactory.create(team=other, user=owner, role=Role.OWNER)
    for item, name in ((team, "alpha"), (other, "beta")):
        TargetFactory.create(team=item, slug=name, kind="git" if name == "beta" else "docker")
        host = f"{name}.example"
        save_login(Actor.of(owner), team=item, host=host, username=f"puller-{name}", password=Secret("let-me-in"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["alpha", "beta"]),
        ({"q": "BET"}, ["beta"]),
        ({"team": "other"}, ["beta"]),
        ({"sort": "-name", "kind": ""}, ["beta", "alpha"]),
        ({"kind": "docker"}, ["alpha"]),
    ],
)
def test_targets(both: None, owner: User, query: dict[str, str], found: list[str]) -> None:
    page = SignedIn(owner).get(reverse("apps:targets"), query)
    assert [item.slug for item in page.context["page"]] == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["alpha.example", "beta.example"]),
        ({"q": "puller-b"}, ["beta.example"]),
        ({"team": "other"}, ["beta.example"]),
        ({"sort": "-host"}, ["beta.example", "alpha.example"]),
    ],
)
def test_logins(both: None, owner: User, query: dict[str, str], found: list[str]) -> None:
    page = SignedIn(owner).get(reverse("apps:logins"), query)
    assert [item.host for item in page.context["page"]] == found
    for link in re.findall(r'href="(/registry-logins/save/\?[^"]*)"', page.text):
        assert "q=" not in link
        assert "sort=" not in link


@pytest.mark.parametrize("name", ["apps:targets", "apps:logins"])
def test_page_and_fragment_are_twins_and_say_when_nothing_matches(both: None, owner: User, name: str) -> None:
    client = SignedIn(owner)
    fragment = client.get(reverse(name), headers={"HX-Request": "true"})
    assert fragment.text.lstrip().startswith('<div id="rows">')
    assert fragment.text.strip() in client.get(reverse(name)).text
    assert "matches" in client.get(reverse(name), {"q": "nothing-like-it"}).text
