"""The pages of all fields, of volumes and networks, and of a source's parameters, as an operator sends them."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps_app.models import Application, Installation
from config.accounts.models import Team, User
from templates_app.appspec.schema.model import AppSpec
from tests.apps_app.forms.as_browser import sent_html
from tests.apps_app.rows import all_held
from tests.factories import TemplateVersionFactory, application
from tests.specs import WEB_AND_DB, changed

type SignIn = Callable[[User], Client]
FIELDS = reverse("apps:component-fields", args=["shop", "web"])
PAGES = (FIELDS, reverse("apps:frame", args=["shop"]), reverse("apps:parameters", args=["shop"]))


@pytest.fixture
def shop(team: Team) -> Application:
    return application(WEB_AND_DB, team=team, slug="shop", name="Shop")


@pytest.fixture
def client(client_of: SignIn, operator: User) -> Client:
    return client_of(operator)


def wanted(shop: Application) -> AppSpec:
    return Application.objects.get(pk=shop.pk).desired_spec()


def form_of(client: Client, url: str, **changes: Any) -> dict[str, Any]:
    html = client.get(url).text
    return {
        **sent_html(html[html.index('id="fields"') :]).dict(),
        **{k.replace("__", "-"): v for k, v in changes.items()},
    }


@pytest.mark.parametrize("url", PAGES)
def test_what_was_shown_and_is_sent_back_changes_nothing(shop: Application, client: Client, url: str) -> None:
    answer = client.post(url, form_of(client, url))
    assert answer.status_code == 302
    assert wanted(shop) == WEB_AND_DB


@pytest.mark.parametrize("url", PAGES)
def test_who_may(shop: Application, client_of: SignIn, viewer: User, stranger: User, url: str) -> None:
    assert client_of(viewer).get(url).status_code == 403
    assert client_of(viewer).post(url, {}).status_code == 403
    assert client_of(stranger).get(url).status_code == 404
    assert wanted(shop) == WEB_AND_DB


def test_a_field_that_the_short_form_lacks(shop: Application, client: Client) -> None:
    data = form_of(client, FIELDS, basics__user="1000", resources__memory_limit="1g", labels__rows="1")
    assert client.post(FIELDS, data | {"labels-0-at": "team", "labels-0-value": "shop"}).status_code == 302
    web = wanted(shop).components["web"]
    assert (web.user, web.resources.memory_limit, web.labels) == ("1000", 1024**3, {"team": "shop"})
    assert web.depends_on == WEB_AND_DB.components["web"].depends_on


def test_a_large_file_is_edited_though_the_form_brings_it_twice(team: Team, client: Client) -> None:
    random = Random(1)
    content = "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=1_500_000))
    spec = changed(WEB_AND_DB, "web", config_files={"/etc/app.conf": {"content": content}})
    shop = application(spec, team=team, slug="shop", name="Shop")
    assert client.post(FIELDS, form_of(client, FIELDS, basics__user="1000")).status_code == 302
    web = wanted(shop).components["web"]
    assert (web.user, web.config_files) == ("1000", spec.components["web"].config_files)


def test_a_row_more_and_a_row_less_save_nothing(shop: Application, client: Client) -> None:
    more = client.post(
        FIELDS, form_of(client, FIELDS, more="probes", basics__user="1000"), headers={"HX-Request": "true"}
    )
    assert more.text.lstrip().startswith("<form")
    assert 'name="probes-0-at"' in more.text
    assert sent_html(more.text)["basics-user"] == "1000"
    less = client.post(FIELDS, form_of(client, FIELDS, drop="env-0"))
    assert "<html" in less.text
    assert sent_html(less.text)["env-rows"] == "2"
    assert wanted(shop) == WEB_AND_DB


def test_an_uploaded_file_and_a_secret_one(shop: Application, client: Client) -> None:
    row = {"config_files-rows": "2", "config_files-0-at": "/etc/a.conf", "config_files-1-at": "/run/token"}
    file = {"config_files-0-upload": SimpleUploadedFile("a", b"a = 1\n"), "config_files-1-secret": "on"}
    token = {
        "config_files-1-content": "s3cr3t-4711",
        "config_files-1-encoding": "text",
        "config_files-0-encoding": "text",
    }
    data = form_of(client, FIELDS) | row | token
    response = client.post(FIELDS, data | file)
    shown = sent_html(response.text)
    assert shown["config_files-0-content"] == "a = 1\r\n"
    assert shown.getlist("accept") == ["on"]
    answer = client.post(FIELDS, {**shown.dict(), "accept": shown["shown"], "shown": shown["shown"]})
    assert answer.status_code == 302
    files = wanted(shop).components["web"].config_files
    assert files["/etc/a.conf"].content == "a = 1\n"
    assert (files["/run/token"].content, files["/run/token"].secret) == ("${TOKEN}", True)
    assert all_held(shop) == {"TOKEN": "s3cr3t-4711"}


def test_somebody_else_was_quicker(shop: Application, client: Client) -> None:
    data = form_of(client, FIELDS, basics__user="1000")
    client.post(FIELDS, form_of(client, FIELDS, labels__rows="1", labels__0__at="a", labels__0__value="b"))
    assert client.post(FIELDS, data).status_code == 302
    assert (wanted(shop).components["web"].user, wanted(shop).components["web"].labels) == ("1000", {"a": "b"})
    requested = client.post(FIELDS, data | {"basics-user": "2000"}).context["outcome"].meanwhile.asked
    assert [(item.label, item.was, item.theirs, item.mine) for item in requested] == [
        ("User", "not there", "1000", "2000")
    ]


def test_faults_stand_at_their_fields(shop: Application, client: Client) -> None:
    page = client.post(FIELDS, form_of(client, FIELDS, basics__replicas="two"))
    assert "is not a whole number" in page.context["forms"].basics.errors["replicas"][0]


def test_volumes_and_networks(shop: Application, client: Client) -> None:
    url = PAGES[1]
    data = form_of(client, url, volumes__rows="2", networks__rows="1", volumes__0__driver="nfs")
    data |= {"volumes-1-at": "more", "volumes-1-external": "on", "networks-0-at": "back", "networks-0-internal": "on"}
    assert client.post(url, data).status_code == 302
    assert wanted(shop).plain["volumes"] == {"data": {"driver": "nfs"}, "more": {"external": True}}
    assert wanted(shop).plain["networks"] == {"back": {"internal": True}}
    refused = client.post(url, form_of(client, url, volumes__0__at="moved"))
    assert refused.status_code == 200
    assert "data" in wanted(shop).volumes


def test_two_people_at_the_volumes_and_networks(shop: Application, client: Client) -> None:
    url = PAGES[1]
    form = form_of(client, url)
    client.post(url, form_of(client, url, volumes__0__driver="local"))
    more = form | {"networks-rows": "1", "networks-0-at": "back"}
    assert client.post(url, more).status_code == 302
    assert wanted(shop).plain["volumes"] == {"data": {"driver": "local"}}
    assert wanted(shop).plain["networks"] == {"back": {}}
    page = client.post(url, form | {"volumes-0-driver": "nfs"})
    now = page.context["meanwhile"]
    assert [(item.label, item.theirs, item.mine) for item in now.asked] == [("Volume data Driver", "local", "nfs")]
    assert wanted(shop).volumes["data"].driver == "local"
    sent = sent_html(page.text[page.text.index('id="fields"') :]).dict()
    assert client.post(url, sent | {now.asked[0].name: "ours"}).status_code == 302
    assert wanted(shop).volumes["data"].driver == "nfs"
    assert "back" in wanted(shop).networks


def test_a_default_that_becomes_secret_is_dots_when_it_is_asked_about(shop: Application, client: Client) -> None:
    url = PAGES[2]
    form = form_of(client, url)
    row = next(n for n in range(3) if form[f"parameters-{n}-at"] == "WORKERS")
    client.post(url, form | {f"parameters-{row}-default": "4"})
    secret = {f"parameters-{row}-default": "m1ne-4711", f"parameters-{row}-secret": "on"}
    requested = client.post(url, form | secret).context["meanwhile"].asked
    assert [(item.label, item.theirs, item.mine) for item in requested] == [
        ("Parameter WORKERS Default", "4", "••••••")
    ]


def test_parameters_of_a_source(shop: Application, client: Client) -> None:
    url = PAGES[2]
    data = form_of(client, url)
    names = {data[f"parameters-{n}-at"]: n for n in range(3)}
    workers = names["WORKERS"]
    data |= {f"parameters-{workers}-default": "4", f"parameters-{workers}-choices": "2\r\n4", "parameters-rows": "4"}
    data |= {"parameters-3-at": "API_KEY", "parameters-3-default": "k3y-471-1", "parameters-3-secret": "on"}
    assert client.post(url, data).status_code == 302
    after = wanted(shop).parameters
    assert (after["WORKERS"].default, after["WORKERS"].choices) == ("4", ("2", "4"))
    assert (after["API_KEY"].secret, after["API_KEY"].default) == (True, None)
    assert all_held(shop) == {"API_KEY": "k3y-471-1"}
    removed = {
        name: value for name, value in form_of(client, url).items() if not name.endswith("-at") or value != "WORKERS"
    }
    row = next(n for n in range(4) if f"parameters-{n}-at" not in removed)
    refused = client.post(url, removed | {f"parameters-{row}-at": "OTHER", f"parameters-{row}-was": ""})
    assert "WORKERS" in refused.text
    assert refused.status_code == 200


def test_parameters_of_an_installation_come_from_its_template(shop: Application, client: Client) -> None:
    version = TemplateVersionFactory.create(template__team=shop.team)
    data = form_of(client, PAGES[2])
    Installation.objects.create(application=shop, template=version.template, version=version)
    assert client.get(PAGES[2]).status_code == 302
    assert client.post(PAGES[2], {**data, "parameters-rows": "0"}).status_code == 302
    assert wanted(shop) == WEB_AND_DB


def test_rows_that_share_columns_have_heads(shop: Application, client: Client) -> None:
    page = client.get(FIELDS).content.decode()
    heads = page[page.index('class="aligned-row heads"') :].partition("</div>")[0]
    assert [part.partition("<")[0] for part in heads.split("<span>")[1:]] == ["Variable", "Value"]
