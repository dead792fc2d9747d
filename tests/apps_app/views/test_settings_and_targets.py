"""Settings and values as people use them, and who may begin an application."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.models import Application
from config.accounts.auditing.descriptions import details
from config.accounts.models import AuditEntry, Team, User
from templates_app.appspec.schema.parse import parse
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


def test_a_default_inside_the_document_stands_in_the_empty_field(
    team: Team, client_of: SignIn, operator: User, viewer: User
) -> None:
    spec = parse({"parameters": {"URL": {}}, "components": {"web": {"env": {"URL": "${URL:-http://localhost}"}}}})
    application(spec, team=team, slug="other", name="Other")
    html = client_of(operator).get(reverse("apps:settings", args=["other"])).text
    assert 'placeholder="http://localhost"' in html
    assert "<code>http://localhost</code> when left empty" in html
    assert (
        '<code>http://localhost</code> <span class="muted">from the document'
        in client_of(viewer).get(reverse("apps:settings", args=["other"])).text
    )


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
    repeated = Application.objects.get(pk=shop.pk)
    assert (repeated.name, repeated.target, repeated.slug) == ("Shop 2", target, "shop")
    summary = AuditEntry.objects.get(verb="changed settings").data
    assert [str(describe_detail) for describe_detail in details(summary)] == [
        "name: Shop → Shop 2",
        f"target: none → {target.slug}",
    ]
    foreign = TargetFactory.create()
    assert client_of(operator).post(url, {"name": "Shop 2", "target": foreign.pk}).status_code == 200
    assert Application.objects.get(pk=shop.pk).target == target


def test_a_new_application_is_made_where_one_may(team: Team, client_of: SignIn, operator: User, viewer: User) -> None:
    url = reverse("apps:new")
    assert client_of(operator).post(url, {"name": "Blog", "team": team.pk}).status_code == 302
    assert Application.objects.get(slug="blog").team == team
    assert client_of(viewer).post(url, {"name": "Other", "team": team.pk}).status_code == 403
    assert not Application.objects.filter(slug="other").exists()


@pytest.mark.parametrize("name", ["apps:new", "apps:import"])
def test_who_may_begin_nothing_is_told_who_may(
    name: str, team: Team, client_of: SignIn, operator: User, viewer: User
) -> None:
    url = reverse(name)
    assert client_of(operator).get(url).status_code == 200
    answer = client_of(viewer).get(url)
    assert answer.status_code == 403
    assert "Only operators of a team may" in answer.text
    assert "You are a viewer of team Shop." in answer.text
    assert url not in client_of(viewer).get(reverse("apps:list")).text
    assert url in client_of(operator).get(reverse("apps:list")).text
