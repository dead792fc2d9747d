"""Renaming and copying a component."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.actions.rename_component import list_own_volumes
from apps_app.models import Application, ComponentOrigin, Installation
from config.accounts.models import Team, User
from templates_app.appspec.schema.model import AppSpec, Volume
from templates_app.appspec.schema.parse import parse_spec
from tests.factories import TargetFactory, TemplateVersionFactory, application
from tests.specs import WEB_AND_DB, changed

type SignIn = Callable[[User], Client]
RENAME, COPY = (reverse(f"apps:component-{verb}", args=["shop", "db"]) for verb in ("rename", "copy"))
COMPONENTS: dict[str, Any] = {
    "web": WEB_AND_DB.components["web"].plain,
    "db": {
        **WEB_AND_DB.components["db"].plain,
        "ports": {"5432/tcp": {"5432": {}}},
        "engine": {"container_name": "db", "cap_add": ["A"]},
        "networks": {"back": {"aliases": ["database"], "ipv4_address": "10.0.0.2"}},
    },
    "spy": {"image": "spy:1", "network_mode": "service:db"},
}
SPEC = parse_spec({**WEB_AND_DB.plain, "components": COMPONENTS, "networks": {"back": {}}})


@pytest.fixture
def shop(team: Team) -> Application:
    target = TargetFactory.create(team=team)
    return application(SPEC, applied=SPEC, team=team, slug="shop", name="Shop", target=target)


@pytest.fixture
def client(client_of: SignIn, operator: User) -> Client:
    return client_of(operator)


def wanted(shop: Application) -> AppSpec:
    return Application.objects.get(pk=shop.pk).desired_spec()


def test_what_depends_on_it_follows(shop: Application, client: Client) -> None:
    page = client.get(RENAME).text
    assert "web follows: their dependency uses the new key." in page
    assert "not updated: web, variable DATABASE_URL.</li>" in page
    assert "Data is kept: data." in page
    assert client.post(RENAME, {"to": "database"}).status_code == 302
    after = wanted(shop)
    assert after.components["database"] == SPEC.components["db"]
    assert after.components["web"].depends_on == {"database": SPEC.components["web"].depends_on["db"]}
    assert after.components["spy"].network_mode == "service:database"
    assert shop.components.get(key="db").desired is None


def test_one_from_the_template_is_asked_about(shop: Application, client: Client) -> None:
    version = TemplateVersionFactory.create(template__team=shop.team)
    installation = Installation.objects.create(application=shop, template=version.template, version=version)
    row = shop.components.get(key="db")
    ComponentOrigin.objects.create(installation=installation, template_key="db", version=version, component=row)
    assert (
        "This component comes from the template. After renaming, it is managed by this application and no longer upgraded."
        in client.get(RENAME).text
    )
    refused = client.post(RENAME, {"to": "database"})
    assert refused.context["form"].errors["understood"] == ["Tick this."]
    assert wanted(shop) == SPEC
    assert client.post(RENAME, {"to": "database", "understood": "on"}).status_code == 302
    assert "database" in wanted(shop).components


def test_a_copy_has_its_own_volumes_and_publishes_nothing(shop: Application, client: Client) -> None:
    page = client.get(COPY).text
    assert "It gets new volumes instead of data, which start empty." in page
    assert "Its ports are not published" in page
    assert client.post(COPY, {"to": "db-2"}).status_code == 302
    after = wanted(shop)
    copied = after.components["db-2"]
    assert copied.plain == {
        **SPEC.components["db"].plain,
        "ports": {"5432/tcp": {}},
        "mounts": {"/var/lib/postgresql/data": {"source": "db-2-data"}},
        "networks": {"back": {}},
        "engine": {"cap_add": ["A"]},
    }
    assert set(after.volumes) == {"data", "db-2-data"}
    assert {key: after.components[key] for key in SPEC.components} == dict(SPEC.components)


@pytest.mark.parametrize(
    ("volume", "named"),
    [("db-data", "db-2-data"), ("db_data", "db-2-data"), ("dbdata", "db-2-dbdata"), ("db", "db-2"), ("pg", "db-2-pg")],
)
def test_a_volume_of_a_copy_is_called_after_it(volume: str, named: str) -> None:
    spec = changed(WEB_AND_DB, "db", mounts={"/data": {"source": volume}}).model_copy(
        update={"volumes": {volume: Volume()}}
    )
    assert list_own_volumes(spec, "db", "db-2") == {volume: named}


@pytest.mark.parametrize("url", [RENAME, COPY])
@pytest.mark.parametrize(("to", "text"), [("web", "component web already"), ("no/key", "Letters, digits")])
def test_a_key_is_free_and_a_key(shop: Application, client: Client, url: str, to: str, text: str) -> None:
    assert text in client.post(url, {"to": to}).text
    assert wanted(shop) == SPEC


@pytest.mark.parametrize("url", [RENAME, COPY])
def test_who_may(shop: Application, client_of: SignIn, viewer: User, stranger: User, url: str) -> None:
    assert client_of(viewer).post(url, {"to": "x"}).status_code == 403
    assert client_of(stranger).post(url, {"to": "x"}).status_code == 404
    assert wanted(shop) == SPEC


def test_a_key_that_waits_for_its_removal_is_not_taken(shop: Application, client: Client) -> None:
    client.post(RENAME, {"to": "database"})
    refused = client.post(reverse("apps:component-rename", args=["shop", "database"]), {"to": "db"})
    assert "The removal of db is pending. Apply it first, or choose another key." in refused.text
