"""The admin as a whole: every model is there, lists are quick, and what is offered works."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from config.accounts.admin.base import HEAVY, ShortPaginator
from config.accounts.models import AuditEntry, KeyCheck, Role, SignInAttempt, Team, User
from config.accounts.sessions import throttle
from tests.conftest import SignedIn
from tests.factories import TeamFactory, UserFactory, member
from tests.pages.crowd import crowd
from tests.pages.scene import Scene, scene
from upgrades_app.execution.queue import defer_run

pytestmark = pytest.mark.django_db
OURS = ("accounts", "templates_app", "apps_app", "upgrades_app")


def models() -> list[type[Model]]:
    return [model for label in OURS for model in apps.get_app_config(label).get_models()]


def url(model: type[Model] | Model, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def root(superuser: User) -> Client:
    return SignedIn(superuser)


@pytest.fixture
def shown(tmp_path: Path) -> Scene:
    KeyCheck.objects.create(sealed="nothing")
    SignInAttempt.objects.create(name="x", address="192.0.2.1")
    return scene(tmp_path)


def test_every_model_of_ours_is_there() -> None:
    assert [model.__name__ for model in models() if model not in admin.site._registry] == []


def queries_of(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    return [query["sql"] for query in queries]


def test_lists_load_no_document_count_no_whole_table_and_stay_cheap(root: Client, shown: Scene) -> None:
    root.get(reverse("admin:index"))
    few = {model: len(queries_of(root, url(model, "changelist"))) for model in models()}
    crowd(shown, 60)
    for model in models():
        sent = queries_of(root, url(model, "changelist"))
        assert len(sent) <= few[model] + 1, f"{model.__name__}: {few[model]} queries, then {len(sent)}"
        for sql in sent:
            assert not [name for name in heavy_columns() if name in sql], sql
            assert "COUNT(*)" not in sql or "LIMIT" in sql, sql


def heavy_columns() -> Iterator[str]:
    for model in models():
        for field in model._meta.concrete_fields:
            if isinstance(field, HEAVY):
                yield f'"{model._meta.db_table}"."{field.column}"'


@pytest.mark.parametrize("count", [3, 12])
def test_a_list_counts_no_further_than_anybody_pages(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr("config.accounts.admin.base.MOST", 10)
    TeamFactory.create_batch(count - 1)
    assert ShortPaginator(Team.objects.order_by("pk"), 5).count == min(count, 10)


def test_every_row_opens_without_a_secret_and_is_deleted_where_that_is_offered(root: Client, shown: Scene) -> None:
    offered = set()
    for model in models():
        row = model._default_manager.first()
        if row is None:
            continue
        page = root.get(url(row, "change", row.pk))
        assert page.status_code == 200, model
        assert "s3cr3t-t0ken-4711" not in page.text, model
        if 'class="deletelink"' in page.text:
            offered.add(model.__name__)
            confirm = root.get(url(row, "delete", row.pk)).text
            assert "I’m sure" in confirm, f"{model.__name__}: {confirm}"
        else:
            assert root.get(url(row, "delete", row.pk)).status_code == 403, model
    assert offered == {"Installation", "Origin", "RegistryLogin", "SignInAttempt"}


def test_a_released_version_and_an_ended_record_are_folded_and_fixed(root: Client, shown: Scene) -> None:
    for row in (shown.closed_release.version, shown.succeeded):
        assert row is not None
        page = root.get(url(row, "change", row.pk)).text
        assert "<details><summary>" in page
        assert 'name="document"' not in page
        assert 'name="plan"' not in page


class TestPeople:
    def test_the_last_owner_stays(self, root: Client, team: Team, owner: User) -> None:
        mine = owner.memberships.get()
        page = root.post(url(mine, "change", mine.pk), {"role": Role.VIEWER})
        assert "last owner" in page.text
        form = {"name": "Shop", "memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 1}
        row = {"memberships-0-id": mine.pk, "memberships-0-team": team.pk, "memberships-0-user": owner.pk}
        for change in ({"memberships-0-role": 10}, {"memberships-0-role": 40, "memberships-0-DELETE": "on"}):
            page = root.post(url(team, "change", team.pk), form | row | change)
            assert "A team keeps at least one owner" in page.text
        mine.refresh_from_db()
        assert mine.role == Role.OWNER

    def test_a_member_added_beside_the_team_is_in_the_trail(self, root: Client, team: Team, owner: User) -> None:
        ada = UserFactory.create(username="ada")
        form = {"name": "Shop", "memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 0}
        row = {"memberships-0-team": team.pk, "memberships-0-user": ada.pk, "memberships-0-role": 20}
        assert root.post(url(team, "change", team.pk), form | row).status_code == 302
        entry = AuditEntry.objects.about(team).get()
        assert (entry.verb, entry.data) == ("edited in admin", {"added": ["membership ada is operator of Shop"]})

    def test_the_last_superuser_stays(self, root: Client, superuser: User) -> None:
        form = {"username": "root", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
        page = root.post(url(superuser, "change", superuser.pk), form | {"is_active": "on"})
        assert "last active superuser" in page.text
        member(TeamFactory.create(), Role.OWNER, username="other", is_superuser=True)
        assert root.post(url(superuser, "change", superuser.pk), form | {"is_active": "on"}).status_code == 302

    def test_a_password_set_by_an_administrator_is_in_the_trail(self, root: Client, viewer: User) -> None:
        new = {"password1": "correct-horse-7", "password2": "correct-horse-7", "usable_password": "true"}
        assert root.post(reverse("admin:auth_user_password_change", args=[viewer.pk]), new).status_code == 302
        entry = AuditEntry.objects.about(viewer).get()
        assert entry.verb == "edited in admin"
        assert "correct-horse" not in str(entry.data)

    def test_who_waits_at_the_door_is_found_by_name_and_let_in(self, root: Client) -> None:
        for name in ("ada", "bob"):
            SignInAttempt.objects.create(name=throttle.digest_of(name), address="192.0.2.1")
        page = root.get(url(SignInAttempt, "changelist"), {"q": "Ada"})
        [result] = page.context["cl"].result_list
        chosen = {"action": "delete_selected", "_selected_action": [result.pk], "post": "yes"}
        assert root.post(url(SignInAttempt, "changelist"), chosen).status_code == 302
        assert SignInAttempt.objects.get().name == throttle.digest_of("bob")
        assert AuditEntry.objects.get().verb == "deleted in admin"


def test_what_is_done_to_jobs_is_in_the_trail(root: Client) -> None:
    defer_run(1)
    job = ProcrastinateJob.objects.get()
    chosen = {"action": "cancel", "_selected_action": [job.pk]}
    assert root.post("/admin/procrastinate/procrastinatejob/", chosen).status_code == 302
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.label) == ("cancel in admin", f"upgrades_app.tasks.run_record {job.pk}")


def test_who_is_no_administrator_sees_nothing(owner: User) -> None:
    client = SignedIn(owner)
    for model in models():
        assert client.get(url(model, "changelist"), follow=True).status_code == 403


def test_times_read_as_everywhere_else(root: Client, superuser: User) -> None:
    User.objects.filter(pk=superuser.pk).update(last_login=datetime(2026, 3, 1, 9, 5, tzinfo=UTC))
    assert "2026-03-01 09:05:00" in root.get(url(User, "changelist")).text
