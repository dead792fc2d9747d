"""The audit trail as a page and as a file."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps_app.models import Component
from config.accounts.access.actor import Actor
from config.accounts.auditing.audit import record
from config.accounts.models import AuditEntry, Team, User
from tests.conftest import SignedIn
from tests.factories import ApplicationFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(team: Team, owner: User, viewer: User) -> None:
    """Two things in team Shop, one in another, one in none."""
    record(Actor.of(viewer), "renamed", team, label="Shop")
    record(Actor.of(owner), "added a member", team, label="Shop", data={"member": "ada", "role": "Viewer"})
    record(Actor.system("cron"), "renamed", TeamFactory.create(name="Elsewhere"))
    record(Actor.system("cron"), "changed the password", owner)


def shown(user: User, **query: str) -> list[str]:
    """Verb and label of each line."""
    page = SignedIn(user).get("/audit/", query)
    return [f"{entry.verb} {entry.label}" for entry in (line.entry for line in page.context["lines"])]


def file_of(user: User, **query: str) -> list[dict[str, str]]:
    answer = SignedIn(user).get("/audit/export.csv", query)
    assert answer.streaming
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


def test_an_owner_reads_what_the_team_did(done: None, owner: User) -> None:
    assert shown(owner) == ["added a member Shop", "renamed Shop"]
    page = SignedIn(owner).get("/audit/").text
    assert 'href="/teams/shop/"' in page
    assert "Member: ada" in page
    assert "Role: Viewer" in page


def test_a_superuser_reads_everything(done: None, superuser: User) -> None:
    assert shown(superuser) == [
        "changed the password owner",
        "renamed Elsewhere",
        "added a member Shop",
        "renamed Shop",
    ]


def test_who_owns_no_team_is_told_whom_to_ask(done: None, viewer: User) -> None:
    for url in ("/audit/", "/audit/export.csv"):
        answer = SignedIn(viewer).get(url)
        assert answer.status_code == 403
        assert "for owners of a team" in answer.text


def test_an_owner_of_another_team_sees_nothing_of_this_one(done: None, stranger: User) -> None:
    assert shown(stranger) == []
    assert shown(stranger, team="shop") == []
    assert "Nothing was done yet" in SignedIn(stranger).get("/audit/").text
    assert file_of(stranger) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"who": "VIEWER"}, ["renamed Shop"]),
        ({"who": "view"}, []),
        ({"verb": "renamed"}, ["renamed Elsewhere", "renamed Shop"]),
        ({"object": "accounts.user"}, ["changed the password owner"]),
        ({"team": "shop"}, ["added a member Shop", "renamed Shop"]),
        ({"q": "elsew"}, ["renamed Elsewhere"]),
        ({"who": "cron", "verb": "renamed"}, ["renamed Elsewhere"]),
        ({"since": "2999-01-01"}, []),
        ({"until": "2000-01-01"}, []),
    ],
)
def test_it_is_narrowed(done: None, superuser: User, query: dict[str, str], found: list[str]) -> None:
    assert shown(superuser, **query) == found
    assert [f"{line['what']} {line['name']}" for line in file_of(superuser, **query)] == found


def test_a_day_is_the_whole_day(superuser: User, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    for hour in (datetime(2026, 3, 1, 0, 0, tzinfo=UTC), datetime(2026, 3, 1, 23, 59, tzinfo=UTC)):
        monkeypatch.setattr(timezone, "now", lambda hour=hour: hour)
        record(Actor.system(), f"at {hour.hour}", team)
    monkeypatch.undo()
    assert shown(superuser, since="2026-03-01", until="2026-03-01") == ["at 23 Shop", "at 0 Shop"]
    assert shown(superuser, since="2026-03-02") == []
    assert shown(superuser, since="nonsense") == ["at 23 Shop", "at 0 Shop"]


def test_everything_of_one_application_is_found_by_its_slug(superuser: User, team: Team) -> None:
    shop, other = ApplicationFactory.create(team=team, slug="shop-x"), ApplicationFactory.create(team=team)
    web = Component.objects.create(application=shop, key="web")
    for application in (shop, web, other):
        record(Actor.system("ada"), "did", application)
    assert shown(superuser, app="SHOP-X") == ["did web", f"did {shop.name}"]
    page = SignedIn(superuser).get("/audit/").text
    assert 'href="?app=shop-x"' in page
    assert '<option value="shop-x">' in page
    assert [line["application"] for line in file_of(superuser, app="shop-x")] == ["shop-x", "shop-x"]


def test_a_digest_is_short_on_the_page_and_whole_in_the_file(superuser: User, team: Team) -> None:
    digest = "sha256:" + "0123456789abcdef" * 4
    record(Actor.system(), "released", team, data={"digest": digest})
    page = SignedIn(superuser).get("/audit/").text
    assert f'title="{digest}">sha256:0123456789ab</code>' in page
    assert file_of(superuser)[0]["details"] == f"digest: {digest}"


def test_many_details_are_folded(superuser: User, team: Team) -> None:
    record(Actor.system(), "edited", team, data={"said": [f"web: env N{n} added" for n in range(9)]})
    [line] = SignedIn(superuser).get("/audit/").context["lines"]
    assert (len(line.details), len(line.more)) == (6, 3)
    assert "web: env N8 added" in file_of(superuser)[0]["details"]


def test_a_filter_that_finds_nothing_says_so(done: None, owner: User) -> None:
    assert "No entry matches" in SignedIn(owner).get("/audit/", {"who": "nobody"}).text


def test_teams_are_offered_where_there_are_several(done: None, owner: User, superuser: User) -> None:
    assert 'name="team"' not in SignedIn(owner).get("/audit/").text
    assert 'name="team"' in SignedIn(superuser).get("/audit/").text


def test_page_and_fragment_show_the_same(done: None, owner: User) -> None:
    fragment = SignedIn(owner).get("/audit/", headers={"HX-Request": "true"})
    assert fragment.text.lstrip().startswith('<div id="rows">')
    assert fragment.text.strip() in SignedIn(owner).get("/audit/").text
    assert "HX-Request" in fragment["Vary"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(superuser: User, team: Team, text: str) -> None:
    record(Actor.system(text), text, team, label=text)
    [line] = file_of(superuser)
    assert {line["who"], line["what"], line["name"]} == {f"'{text}"}


def test_the_file_holds_all_and_asks_once(superuser: User, team: Team) -> None:
    AuditEntry.objects.bulk_create(
        AuditEntry(actor="ada", team=team, verb="did", object_type="x.y", object_id="1", label=f"{n}")
        for n in range(120)
    )
    client = SignedIn(superuser)
    client.get("/audit/export.csv")
    with CaptureQueriesContext(connection) as queries:
        lines = file_of(superuser)
    assert len(lines) == 120
    assert len([query for query in queries if "auditentry" in query["sql"] and "label" in query["sql"]]) == 1
    assert lines[0]["object"] == "y 1"


@pytest.mark.parametrize(
    ("url", "labels"), [("/audit/", ["To what", "Who", "When", "Team", "Details"]), ("/teams/shop/", ["Role"])]
)
def test_rows_are_cards_on_a_phone(url: str, labels: list[str], done: None, owner: User) -> None:
    page = SignedIn(owner).get(url).text
    assert 'class="table-box list"' in page
    assert [label for label in labels if f'data-label="{label}"' not in page] == []
