"""Settings, values and targets as people use them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.models import Application, Target
from config.accounts.models import AuditEntry, Team, User
from tests.apps_app.rows import all_held
from tests.factories import TargetFactory, application
from tests.specs import WEB_AND_DB

type SignIn = Callable[[User], Client]


@pytest.fixture
def shop(team: Team) -> Application:
    return application(WEB_AND_DB, team=team, slug="shop", name="Shop")


def test_values_are_set_and_secrets_stay_unless_typed_anew(
    shop: Application, client_of: SignIn, operator: User
) -> None:
    client, url = client_of(operator), reverse("apps:values", args=["shop"])
    assert client.post(url, {"value-WORKERS": "8", "value-DB_PASSWORD": "hunter2"}).status_code == 302
    assert client.post(url, {"value-WORKERS": "8", "value-DB_PASSWORD": ""}).status_code == 302
    assert all_held(shop) == {"DB_PASSWORD": "hunter2", "WORKERS": "8"}
    client.post(url, {"value-WORKERS": "8", "default-WORKERS": "on"})
    assert [row.name for row in shop.values.all()] == ["DB_PASSWORD"]


def test_what_follows_the_default_is_not_stored(shop: Application, client_of: SignIn, operator: User) -> None:
    client_of(operator).post(reverse("apps:values", args=["shop"]), {"value-WORKERS": "2"})
    assert not shop.values.exists()


def test_who_may_change_settings(shop: Application, client_of: SignIn, viewer: User, stranger: User) -> None:
    for name in ("apps:settings", "apps:values"):
        url = reverse(name, args=["shop"])
        assert client_of(viewer).post(url, {"name": "Mine", "value-WORKERS": "9"}).status_code == 403
        assert client_of(stranger).post(url, {"name": "Mine"}).status_code == 404
    assert Application.objects.get(pk=shop.pk).name == "Shop"


def test_name_and_target_are_saved(shop: Application, team: Team, client_of: SignIn, operator: User) -> None:
    target = TargetFactory.create(team=team)
    url = reverse("apps:settings", args=["shop"])
    assert client_of(operator).post(url, {"name": "Shop 2", "target": target.pk}).status_code == 302
    again = Application.objects.get(pk=shop.pk)
    assert (again.name, again.target, again.slug) == ("Shop 2", target, "shop")
    foreign = TargetFactory.create()
    assert client_of(operator).post(url, {"name": "Shop 2", "target": foreign.pk}).status_code == 200
    assert Application.objects.get(pk=shop.pk).target == target


def test_targets_are_seen_by_their_team(team: Team, client_of: SignIn, viewer: User, stranger: User) -> None:
    target = TargetFactory.create(team=team, slug="files")
    url = target.get_absolute_url()
    assert "files" in client_of(viewer).get(reverse("apps:targets")).text
    assert client_of(viewer).get(url).status_code == 200
    assert "files" not in client_of(stranger).get(reverse("apps:targets")).text
    assert client_of(stranger).get(url).status_code == 404
    edit = reverse("apps:target-edit", args=[team.slug, "files"])
    assert client_of(viewer).get(edit).status_code == 403
    assert client_of(stranger).get(edit).status_code == 404


def test_an_owner_adds_a_git_target(team: Team, client_of: SignIn, owner: User, tmp_path: Path) -> None:
    client, url = client_of(owner), reverse("apps:target-new")
    wrong = {"slug": "files", "team": team.pk, "config-path": str(tmp_path / "repo"), "config-branch": "bad..name"}
    page = client.post(url, wrong)
    assert page.status_code == 200
    assert "cannot be used" in page.text
    assert not Target.objects.filter(slug="files").exists()
    page = client.post(url, wrong | {"config-branch": "main"}, follow=True)
    target = Target.objects.get(slug="files")
    assert target.config["path"] == str(tmp_path / "repo")
    assert "it starts nothing" in page.text
    assert AuditEntry.objects.about(target).get().verb == "created"


def test_an_operator_adds_no_target(team: Team, client_of: SignIn, operator: User) -> None:
    page = client_of(operator).post(reverse("apps:target-new"), {"slug": "files", "team": team.pk, "config-path": "x"})
    assert page.status_code == 200
    assert not Target.objects.filter(slug="files").exists()


def test_a_target_that_does_not_answer_says_why(team: Team, client_of: SignIn, viewer: User, tmp_path: Path) -> None:
    (tmp_path / "repo").write_text("not a folder")
    target = TargetFactory.create(team=team, kind="git", config={"path": str(tmp_path / "repo")})
    page = client_of(viewer).get(target.get_absolute_url())
    assert not page.context["answer"].good
    assert "Does not answer" in page.text


def test_a_new_application_is_made_where_one_may(team: Team, client_of: SignIn, operator: User, viewer: User) -> None:
    url = reverse("apps:new")
    assert client_of(operator).post(url, {"name": "Blog", "team": team.pk}).status_code == 302
    assert Application.objects.get(slug="blog").team == team
    assert client_of(viewer).post(url, {"name": "Other", "team": team.pk}).status_code == 200
    assert not Application.objects.filter(slug="other").exists()
