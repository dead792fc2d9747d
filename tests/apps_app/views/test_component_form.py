"""The form of a component, clicked through as a person does."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.models import Application
from config.accounts.models import Team, User
from templates_app.appspec.schema.parse import parse
from tests.apps_app.rows import held
from tests.factories import TargetFactory, application
from tests.specs import WEB_AND_DB, changed

type SignIn = Callable[[User], Client]

FULL = parse(
    {
        "components": {
            "app": {
                "image": "app:1",
                "command": ["run", "--name", "two words", "$$HOME"],
                "env": {"PLAIN": "a", "PASSED": None, "LINES": "one\ntwo"},
                "ports": {
                    "80/tcp": {"8080": {"mode": "host"}, "127.0.0.1:8081": {}},
                    "443/tcp": {},
                    "53/udp": {"": {}},
                },
                "mounts": {
                    "/data": {"source": "data", "options": {"nocopy": True}},
                    "/tmp": {"kind": "tmpfs", "size": "64m"},
                    "/etc/localtime": {"kind": "host", "source": "/etc/localtime", "read_only": True},
                },
                "labels": {"team": "shop"},
                "engine": {"cap_add": ["NET_ADMIN"]},
                "depends_on": {"db": {"condition": "healthy", "restart": True}},
            },
            "db": {"image": "postgres:17"},
        },
        "volumes": {"data": {}},
    }
)


def sent(forms: Any) -> dict[str, Any]:
    """What a browser would send for the form as it is shown."""
    data: dict[str, Any] = {}
    for form in (forms.form, *(row for rows in forms.rows.values() for row in [rows.management_form, *rows.forms])):
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                data[field.html_name] = value
    return data


@pytest.fixture
def shop(team: Team) -> Application:
    return application(WEB_AND_DB, team=team, slug="shop", name="Shop")


@pytest.fixture
def client(client_of: SignIn, operator: User) -> Client:
    return client_of(operator)


def wanted(application: Application) -> Any:
    return Application.objects.get(pk=application.pk).desired_spec()


def form_of(client: Client, url: str) -> dict[str, Any]:
    return sent(client.get(url).context["forms"])


def asked(page: Any) -> list[str]:
    return [item.id for item, _ in page.context["outcome"].asked]


REDIS = {
    "key": "redis",
    "image": "redis:7.4",
    "command": "redis-server --save '60 1'",
    "env-0-name": "MAXMEMORY",
    "env-0-value": "64mb",
    "ports-0-port": "6379",
    "volumes-0-path": "/data",
    "volumes-0-volume": "redis-data",
    "depends_on": [],
    "needed_by": ["web"],
}


def test_redis_in_one_form(shop: Application, client: Client) -> None:
    url = reverse("apps:component-add", args=["shop"])
    answer = client.post(url, form_of(client, url) | REDIS)
    assert answer.status_code == 302
    redis = wanted(shop).components["redis"]
    assert redis.plain == {
        "image": "redis:7.4",
        "command": ["redis-server", "--save", "60 1"],
        "env": {"MAXMEMORY": "64mb"},
        "ports": {"6379/tcp": {}},
        "mounts": {"/data": {"source": "redis-data"}},
    }
    assert set(wanted(shop).components["web"].depends_on) == {"db", "redis"}


def test_a_viewer_and_a_stranger_add_nothing(
    shop: Application, client_of: SignIn, viewer: User, stranger: User
) -> None:
    url = reverse("apps:component-add", args=["shop"])
    assert client_of(viewer).post(url, REDIS).status_code == 403
    assert client_of(stranger).post(url, REDIS).status_code == 404
    assert set(wanted(shop).components) == {"web", "db"}


def test_saving_what_was_shown_changes_nothing(team: Team, client: Client) -> None:
    full = application(FULL, team=team, slug="full")
    url = reverse("apps:component-edit", args=["full", "app"])
    assert client.post(url, form_of(client, url)).status_code == 302
    assert wanted(full) == FULL
    assert full.components.get(key="app").revision == 1


def test_an_edit_keeps_what_the_form_does_not_show(team: Team, client: Client) -> None:
    full = application(FULL, team=team, slug="full")
    url = reverse("apps:component-edit", args=["full", "app"])
    shown = form_of(client, url)
    client.post(url, shown | {"image": "app:2", "env-0-gone": "on"})
    env = {name: value for name, value in FULL.components["app"].env.items() if name != shown["env-0-name"]}
    assert len(env) == 2
    assert wanted(full) == changed(FULL, "app", image="app:2", env=env)


def test_one_more_row_keeps_what_was_typed_and_saves_nothing(shop: Application, client: Client) -> None:
    url = reverse("apps:component-add", args=["shop"])
    data = form_of(client, url) | REDIS | {"env-1-name": "OTHER", "env-1-value": "x", "more": "env"}
    page = client.post(url, data)
    repeated = page.context["forms"]
    assert "redis" not in wanted(shop).components
    assert [row["name"].value() for row in repeated.env.forms] == ["MAXMEMORY", "OTHER", None, None]
    assert repeated.form["image"].value() == "redis:7.4"
    assert "error-summary" not in page.text
    part = client.post(url, data, headers={"HX-Request": "true"}).text.strip()
    assert part.startswith('<form method="post"')
    assert client.post(url, sent(repeated)).status_code == 302
    assert wanted(shop).components["redis"].env == {"MAXMEMORY": "64mb", "OTHER": "x"}


def test_faults_stand_at_their_fields(shop: Application, client: Client) -> None:
    url = reverse("apps:component-add", args=["shop"])
    wrong = REDIS | {
        "key": "-bad",
        "image": "",
        "command": "a 'b",
        "ports-0-port": "70000",
        "env-1-value": "x",
        "volumes-0-path": "data",
    }
    page = client.post(url, form_of(client, url) | wrong)
    forms = page.context["forms"]
    assert set(forms.form.errors) == {"key", "image", "command"}
    assert "is not a port" in str(forms.ports.errors)
    assert "needs a name" in str(forms.env.errors)
    assert "must begin with" in str(forms.volumes.errors)
    assert page.status_code == 200


@pytest.mark.parametrize("image", ["Redis:7", "redis:", "redis 7", "ghcr.io/", "redis@sha256:abc", "${TAG"])
def test_an_image_that_is_none_is_refused_at_its_field(shop: Application, client: Client, image: str) -> None:
    url = reverse("apps:component-add", args=["shop"])
    page = client.post(url, form_of(client, url) | REDIS | {"image": image})
    assert set(page.context["form"].errors) == {"image"}
    assert "redis" not in wanted(shop).components


def test_a_volume_without_a_name_is_offered_one(shop: Application, client: Client) -> None:
    url = reverse("apps:component-add", args=["shop"])
    data = form_of(client, url) | REDIS | {"volumes-0-volume": ""}
    page = client.post(url, data)
    assert asked(page) == ["volume:/data"]
    assert "Name the volume at /data redis-data" in page.text
    client.post(url, data | {"shown": asked(page), "accept": asked(page)})
    assert wanted(shop).components["redis"].mounts["/data"].source == "redis-data"
    assert "redis-data" in wanted(shop).volumes


def test_a_volume_may_stay_without_a_name(shop: Application, client: Client) -> None:
    url = reverse("apps:component-add", args=["shop"])
    client.post(url, form_of(client, url) | REDIS | {"volumes-0-volume": "", "shown": ["volume:/data"]})
    assert wanted(shop).components["redis"].mounts["/data"].source == ""


def test_a_new_row_has_the_focus(shop: Application, client: Client) -> None:
    url = reverse("apps:component-add", args=["shop"])
    page = client.post(url, form_of(client, url) | REDIS | {"more": "ports"})
    assert re.findall(r"<input[^>]* autofocus[^>]*>", page.text) == re.findall(
        r'<input[^>]* name="ports-1-port"[^>]*>', page.text
    )
    assert " autofocus" not in client.get(url).text


def test_what_is_wrong_is_counted_and_linked(shop: Application, client: Client) -> None:
    url = reverse("apps:component-add", args=["shop"])
    page = client.post(url, form_of(client, url) | REDIS | {"image": "", "ports-0-port": "70000"})
    assert "2 things to correct" in page.text
    assert '<a href="#id_image">Image</a>' in page.text
    assert '<a href="#id_ports-0-port">Port of the component</a>' in page.text


def test_a_port_that_is_taken_is_said_at_its_row(shop: Application, client: Client) -> None:
    url = reverse("apps:component-add", args=["shop"])
    page = client.post(url, form_of(client, url) | REDIS | {"ports-0-published": "8080"})
    assert "8080" in str(page.context["forms"].ports.errors) + str(page.context["form"].errors)
    assert "redis" not in wanted(shop).components


def test_a_circle_is_refused(shop: Application, client: Client) -> None:
    url = reverse("apps:component-edit", args=["shop", "db"])
    page = client.post(url, form_of(client, url) | {"depends_on": ["web"]})
    assert "the components wait for each other" in page.text
    assert not wanted(shop).components["db"].depends_on


def test_a_credential_is_offered_as_a_secret_and_taken(shop: Application, client: Client) -> None:
    url = reverse("apps:component-add", args=["shop"])
    data = form_of(client, url) | REDIS | {"env-0-name": "REDIS_PASSWORD", "env-0-value": "hunter2"}
    page = client.post(url, data)
    assert "Make REDIS_PASSWORD a secret parameter" in page.text
    assert "redis" not in wanted(shop).components
    offered = asked(page)
    assert client.post(url, data | {"shown": offered, "accept": offered}).status_code == 302
    assert wanted(shop).components["redis"].env["REDIS_PASSWORD"] == "${REDIS_PASSWORD}"
    assert held(shop, "REDIS_PASSWORD") == "hunter2"


def test_a_credential_may_stay_plain(shop: Application, client: Client) -> None:
    url = reverse("apps:component-add", args=["shop"])
    data = form_of(client, url) | REDIS | {"env-0-name": "REDIS_PASSWORD", "env-0-value": "hunter2"}
    offered = asked(client.post(url, data))
    client.post(url, data | {"shown": offered})
    assert wanted(shop).components["redis"].env["REDIS_PASSWORD"] == "hunter2"


def test_a_new_reference_is_offered_as_a_parameter(shop: Application, client: Client) -> None:
    url = reverse("apps:component-add", args=["shop"])
    data = form_of(client, url) | REDIS | {"env-0-value": "${CACHE_SIZE}"}
    offered = asked(client.post(url, data))
    assert offered == ["declare:CACHE_SIZE"]
    refused = client.post(url, data | {"shown": offered})
    assert "refers to CACHE_SIZE, which is no parameter" in refused.text
    client.post(url, data | {"shown": offered, "accept": offered})
    assert "CACHE_SIZE" in wanted(shop).parameters


def test_removing_asks_and_says_who_needs_it(shop: Application, client: Client) -> None:
    url = reverse("apps:component-remove", args=["shop", "db"])
    page = client.get(url)
    assert "web depends on it and loses that dependency: make sure that it can do without db." in page.text
    assert "Nothing of db is on a target" in page.text
    assert "needs it" not in page.text
    assert client.get(url, headers={"HX-Request": "true"}).text.strip().startswith("<section")
    assert set(wanted(shop).components) == {"web", "db"}
    assert client.post(url, {"cut": "yes"}).status_code == 302
    assert set(wanted(shop).components) == {"web"}


def test_removing_says_what_becomes_of_its_volume(team: Team, client: Client) -> None:
    engine = TargetFactory.create(team=team, slug="engine")
    application(WEB_AND_DB, applied=WEB_AND_DB, team=team, slug="shop", target=engine)
    page = client.get(reverse("apps:component-remove", args=["shop", "db"])).text
    assert "db stays on engine until you apply your changes." in page
    assert "Its volume (data): what is in there stays" in page
    assert "volume" not in client.get(reverse("apps:component-remove", args=["shop", "web"])).text


def test_with_a_target_an_edit_waits_to_be_applied(team: Team, client: Client) -> None:
    shop = application(WEB_AND_DB, applied=WEB_AND_DB, team=team, slug="shop", target=TargetFactory.create(team=team))
    url = reverse("apps:component-edit", args=["shop", "web"])
    page = client.post(url, form_of(client, url) | {"image": "shop/web:9"}, follow=True)
    assert "until you apply it" in page.text
    after = Application.objects.get(pk=shop.pk)
    assert after.desired_spec().components["web"].image == "shop/web:9"
    assert after.applied_spec().components["web"].image == "${WEB_IMAGE}"
