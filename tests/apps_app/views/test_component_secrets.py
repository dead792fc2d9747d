"""One secret, wherever it stands: asked about once, and one parameter."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.models import Application, Value
from apps_app.publication.baseline import Source
from apps_app.publication.choices import Choices
from apps_app.publication.preview import preview
from config.accounts.models import Team, User
from config.accounts.sealing.sealed import Secret
from templates_app.appspec.schema.parse import parse
from tests.apps_app.rows import held
from tests.apps_app.views.test_component_form import asked, form_of, wanted
from tests.conftest import SignedIn
from tests.factories import application
from tests.specs import WEB_AND_DB, changed

pytestmark = pytest.mark.django_db
CACHE = parse(
    {
        "components": {
            "cache": {
                "image": "redis:8",
                "command": ["redis-server", "--port", "6379"],
                "probes": {"liveness": {"shell": "redis-cli -a hunter2 ping"}},
                "config_files": {"/etc/redis.conf": {"content": "user $USER\nmasterauth hunter2\n"}},
            }
        }
    }
)


@pytest.fixture
def shop(team: Team) -> Application:
    return application(CACHE, team=team, slug="shop", name="Shop")


@pytest.fixture
def client(client_of: type[SignedIn], operator: User) -> Client:
    return client_of(operator)


def edit(client: Client, **sent: Any) -> Any:
    url = reverse("apps:component-edit", args=["shop", "cache"])
    return client.post(url, form_of(client, url) | sent)


EVERYWHERE = {
    "command": "redis-server --requirepass hunter2",
    "env-0-name": "REDIS_URL",
    "env-0-value": "redis://:hunter2@cache/0",
}


def test_it_is_asked_about_once_with_all_its_places(shop: Application, client: Client) -> None:
    page = edit(client, **EVERYWHERE)
    assert asked(page) == ["secret:REQUIREPASS"]
    text = " ".join(page.text.split())
    assert (
        "Make REQUIREPASS a secret parameter: command, word 3, variable REDIS_URL, "
        "probe liveness and config file /etc/redis.conf" in text
    )
    assert wanted(shop) == CACHE


def test_it_becomes_one_parameter_everywhere(shop: Application, client: Client) -> None:
    edit(client, **EVERYWHERE, shown=["secret:REQUIREPASS"], accept=["secret:REQUIREPASS"])
    cache = wanted(shop).components["cache"]
    assert cache.command == ("redis-server", "--requirepass", "${REQUIREPASS}")
    assert cache.env == {"REDIS_URL": "redis://:${REQUIREPASS}@cache/0"}
    assert cache.probes["liveness"].shell == "redis-cli -a ${REQUIREPASS} ping"
    file = cache.config_files["/etc/redis.conf"]
    assert (file.content, file.interpolate) == ("user $$USER\nmasterauth ${REQUIREPASS}\n", True)
    assert {name: item.secret for name, item in wanted(shop).parameters.items()} == {"REQUIREPASS": True}
    assert held(shop, "REQUIREPASS") == "hunter2"


def test_a_secret_that_is_sealed_already_is_used_again(team: Team, client: Client) -> None:
    document = {**CACHE.plain, "parameters": {"CACHE_PASSWORD": {"secret": True, "required": True}}}
    shop = application(parse(document), team=team, slug="shop")
    Value.objects.create(
        application=shop, name="CACHE_PASSWORD", secret=True, desired=Secret("hunter2"), source="generated"
    )
    page = edit(client, command="redis-server --requirepass hunter2")
    assert asked(page) == ["secret:CACHE_PASSWORD"]
    assert "Use the secret parameter CACHE_PASSWORD" in page.text
    edit(client, command="redis-server --requirepass hunter2", shown=asked(page), accept=asked(page))
    assert wanted(shop).components["cache"].command == ("redis-server", "--requirepass", "${CACHE_PASSWORD}")
    assert set(wanted(shop).parameters) == {"CACHE_PASSWORD"}
    assert shop.values.get().source == "generated"


def test_publishing_makes_no_second_secret_of_it(team: Team) -> None:
    document = {**CACHE.plain, "parameters": {"CACHE_PASSWORD": {"secret": True, "required": True}}}
    shop = application(parse(document), team=team, slug="shop")
    Value.objects.create(application=shop, name="CACHE_PASSWORD", secret=True, desired=Secret("hunter2"))
    shown = preview(Source.of(shop), None, Choices())
    assert {finding.place: finding.name for finding in shown.suspects} == {
        "cache, probe liveness": "CACHE_PASSWORD",
        "cache, config file /etc/redis.conf": "CACHE_PASSWORD",
    }


def test_what_stood_there_before_is_not_asked_again(team: Team, client: Client) -> None:
    plain = changed(WEB_AND_DB, "db", command=["postgres", "--password", "hunter2"])
    shop = application(plain, team=team, slug="shop")
    url = reverse("apps:component-edit", args=["shop", "db"])
    assert client.post(url, form_of(client, url) | {"image": "postgres:18"}).status_code == 302
    assert wanted(shop).components["db"].image == "postgres:18"


def test_a_parameter_for_a_credential_is_declared_secret(shop: Application, client: Client) -> None:
    sent = {"env-0-name": "REDIS_PASSWORD", "env-0-value": "${CACHE_PW}"}
    page = edit(client, **sent)
    assert "Add the secret parameter CACHE_PW" in page.text
    edit(client, **sent, shown=asked(page), accept=asked(page))
    assert wanted(shop).parameters["CACHE_PW"].secret


def test_a_plain_parameter_put_where_a_credential_stands_becomes_secret_with_its_value(
    team: Team, client: Client
) -> None:
    shop = application(parse({**CACHE.plain, "parameters": {"PW": {"default": "old"}}}), team=team, slug="shop")
    Value.objects.create(application=shop, name="PW", desired=Secret("set-by-operator"))
    sent = {"env-0-name": "REDIS_PASSWORD", "env-0-value": "${PW}"}
    page = edit(client, **sent)
    assert asked(page) == ["secret:PW"]
    edit(client, **sent, shown=asked(page), accept=asked(page))
    parameter = wanted(shop).parameters["PW"]
    assert (parameter.secret, parameter.default) == (True, None)
    assert held(shop, "PW") == "set-by-operator"
    assert shop.values.get(name="PW").secret
