import pytest
from django.db import DatabaseError, transaction
from django.db.models import ProtectedError
from django.test import Client

from config.accounts.access.actor import Actor
from config.accounts.auditing.audit import record
from config.accounts.models import AuditEntry, Team, User
from config.accounts.sealing.sealed import Secret
from tests.conftest import SignedIn
from tests.factories import TeamFactory

pytestmark = pytest.mark.django_db


def test_an_entry_tells_who_did_what_to_which(team: Team, operator: User) -> None:
    entry = record(Actor.from_user(operator), "renamed", team, data={"from": "Old"})
    entry.refresh_from_db()
    assert (entry.user, entry.actor, entry.verb) == (operator, "operator", "renamed")
    assert (entry.object_type, entry.object_id, entry.label) == ("accounts.team", str(team.pk), "Shop")
    assert (entry.team, entry.data) == (team, {"from": "Old"})
    assert list(AuditEntry.objects.for_object(team)) == [entry]


def test_a_command_is_named_by_the_systems_user(team: Team) -> None:
    entry = record(Actor.system("ada"), "renamed", team)
    assert (entry.user, entry.actor) == (None, "ada")


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_refuses_to_change_the_past(team: Team, act: str) -> None:
    record(Actor.system(), "renamed", team)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        if act == "update":
            AuditEntry.objects.update(verb="praised")
        else:
            AuditEntry.objects.all()._raw_delete("default")
    assert AuditEntry.objects.get().verb == "renamed"


def test_people_in_it_are_not_deleted(team: Team, operator: User) -> None:
    record(Actor.from_user(operator), "renamed", team)
    with pytest.raises(ProtectedError):
        operator.delete()


def test_no_secret_gets_in(team: Team) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"), transaction.atomic():
        record(Actor.system(), "set", team, data={"value": Secret("hunter2")})


@pytest.fixture
def admin_of(superuser: User) -> Client:
    return SignedIn(superuser)


def test_what_is_done_in_admin_is_an_entry_too(admin_of: Client, superuser: User) -> None:
    team = TeamFactory.create(name="Before")
    form = {"slug": team.slug, "name": "After", "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    assert admin_of.post(f"/admin/accounts/team/{team.pk}/change/", form).status_code == 302
    entry = AuditEntry.objects.get()
    assert (entry.user, entry.verb, entry.label, entry.data) == (
        superuser,
        "edited in admin",
        "After",
        {"fields": ["Name"]},
    )


def test_admin_shows_entries_and_offers_no_change(admin_of: Client, team: Team) -> None:
    entry = record(Actor.system("ada"), "renamed", team)
    page = admin_of.get(f"/admin/accounts/auditentry/{entry.pk}/change/")
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert admin_of.get("/admin/accounts/auditentry/add/").status_code == 403
