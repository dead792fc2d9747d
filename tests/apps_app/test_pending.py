"""A value that is not applied yet counts everywhere: topology, list, its filter, home, and the component reading it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.actions.discard_changes import discard_changes
from apps_app.actions.set_values import set_values
from apps_app.models import Application, Value
from apps_app.queries.pending_changes import has_waiting
from config.accounts.access.actor import Actor
from config.accounts.models import Team, User
from config.accounts.sealing.sealed import Secret
from templates_app.appspec.schema.parse import parse
from tests.factories import TargetFactory, application

type SignIn = Callable[[User], Client]

SPEC = parse(
    {
        "parameters": {"API_TOKEN": {"secret": True}, "LEVEL": {"default": "info"}, "UNREAD": {"default": "1"}},
        "components": {"web": {"image": "web:1", "env": {"TOKEN": "${API_TOKEN}", "LEVEL": "${LEVEL}"}}, "db": {}},
    }
)


@pytest.fixture
def shop(team: Team) -> Application:
    target = TargetFactory.create(team=team)
    created = application(SPEC, applied=SPEC, team=team, slug="shop", name="Shop", target=target)
    old = Secret("old")
    Value.objects.create(application=created, name="API_TOKEN", secret=True, desired=old, applied=old)
    return created


@pytest.fixture
def client(client_of: SignIn, operator: User) -> Client:
    return client_of(operator)


def states(client: Client) -> dict[str, str]:
    page = client.get(reverse("apps:topology", args=["shop"]))
    return {line.key: line.state.word for line in page.context["lines"]}


def test_nothing_waits_where_all_is_applied(shop: Application, client: Client) -> None:
    assert not has_waiting(shop)
    assert "pending change" not in client.get(reverse("apps:topology", args=["shop"])).text
    assert "change not applied" not in " ".join(states(client).values())


@pytest.mark.parametrize("name", ["API_TOKEN", "LEVEL"])
def test_a_new_value_waits_with_the_component_that_reads_it(
    shop: Application, client: Client, operator: User, name: str
) -> None:
    set_values(shop, Actor.of(operator), values={name: "new"})
    topology = client.get(reverse("apps:topology", args=["shop"])).text
    assert "1 pending change. Not applied yet: web." in topology
    assert states(client)["web"].endswith("change not applied")
    assert not states(client)["db"].endswith("change not applied")
    assert "change not applied" in client.get(reverse("apps:component", args=["shop", "web"])).text
    listed = client.get(reverse("apps:list"), {"state": "pending"})
    assert [row.slug for row in listed.context["page"]] == ["shop"]
    assert "Changes pending" in client.get(reverse("apps:list")).text
    assert "Changes not applied yet" in client.get("/").text
    changes = client.get(reverse("upgrades:changes", args=["shop"])).text
    assert reverse("upgrades:changes-discard", args=["shop"]) in changes


def test_a_value_that_nothing_reads_is_counted_by_itself(shop: Application, client: Client, operator: User) -> None:
    set_values(shop, Actor.of(operator), values={"UNREAD": "2"})
    assert "1 pending change. Not applied yet: values." in client.get(reverse("apps:topology", args=["shop"])).text


def test_given_back_and_discarded_nothing_waits_any_more(shop: Application, operator: User) -> None:
    by = Actor.of(operator)
    set_values(shop, by, values={"API_TOKEN": "new"})
    set_values(shop, by, values={"API_TOKEN": "old"})
    assert not has_waiting(shop)
    set_values(shop, by, values={"API_TOKEN": "new", "LEVEL": "debug"})
    discard_changes(shop, by)
    assert not has_waiting(shop)
    set_values(shop, by, back_to_default=["API_TOKEN"], values={})
    assert has_waiting(shop)


def test_however_a_value_is_written_it_says_whether_it_waits(shop: Application) -> None:
    Value.objects.bulk_create([Value(application=shop, name="MADE", desired=Secret("1"))])
    Value.objects.update_or_create(application=shop, name="API_TOKEN", defaults={"desired": Secret("new")})
    assert {row.name: row.waits for row in shop.values.all()} == {"MADE": True, "API_TOKEN": True}


def test_taken_as_applied_nothing_waits_any_more(shop: Application, operator: User) -> None:
    set_values(shop, Actor.of(operator), values={"API_TOKEN": "new", "LEVEL": "debug"})
    shop.values.become_applied()
    assert not has_waiting(shop)
    assert {row.name: row.applied_text() for row in shop.values.all()} == {"API_TOKEN": "new", "LEVEL": "debug"}
