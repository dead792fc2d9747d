"""Two people at one component: nothing typed is lost, and nothing of the other's is overwritten unseen."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.models import Application
from config.accounts.models import Team, User
from tests.apps_app.views.test_component_form import REDIS, form_of, sent, wanted
from tests.conftest import SignedIn
from tests.factories import application
from tests.specs import WEB_AND_DB

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(team: Team) -> Application:
    return application(WEB_AND_DB, team=team, slug="shop", name="Shop")


@pytest.fixture
def client(client_of: type[SignedIn], operator: User) -> Client:
    return client_of(operator)


@pytest.fixture
def other(client_of: type[SignedIn], publisher: User) -> Client:
    return client_of(publisher)


EDIT = "/apps/shop/components/web/edit/"


def overtaken(client: Client, other: Client, mine: dict[str, Any], **theirs: Any) -> Any:
    form = form_of(client, EDIT)
    assert other.post(EDIT, form_of(other, EDIT) | theirs).status_code == 302
    return client.post(EDIT, form | mine)


def asked(page: Any) -> dict[str, tuple[str, str, str]]:
    return {item.id: (item.was, item.theirs, item.mine) for item in page.context["outcome"].meanwhile.asked}


def answered(page: Any, **choices: str) -> dict[str, Any]:
    """The form as it is shown, with an answer for each place by the last word of its name."""
    now = page.context["outcome"].meanwhile
    data = {item.name: choices[item.id.rpartition(".")[2]] for item in now.asked}
    assert all(f'name="{name}"' in page.text for name in data)
    return sent(page.context["forms"]) | {"against": now.stand} | data


def test_each_keeps_what_only_the_other_left_alone(shop: Application, client: Client, other: Client) -> None:
    name = form_of(client, EDIT)["env-0-name"]
    answer = overtaken(client, other, {"image": "mine:1"}, **{"env-0-value": "theirs"})
    assert answer.status_code == 302
    web = wanted(shop).components["web"]
    assert (web.image, web.env[name]) == ("mine:1", "theirs")
    text = client.get(answer.url).text
    assert f"publisher changed Environment {name} meanwhile: that is kept." in text


def test_what_both_changed_is_asked_and_nothing_is_saved(shop: Application, client: Client, other: Client) -> None:
    name = form_of(client, EDIT)["env-0-name"]
    page = overtaken(client, other, {"image": "mine:1"}, **{"image": "theirs:1", "env-0-value": "theirs"})
    now = page.context["outcome"].meanwhile
    assert asked(page) == {"components.web.image": ("${WEB_IMAGE}", "theirs:1", "mine:1")}
    assert [(line.label, line.theirs) for line in now.kept] == [(f"Environment {name}", "theirs")]
    assert "publisher saved web while your form was open" in page.text
    assert 'value="mine:1"' in page.text
    assert wanted(shop).components["web"].image == "theirs:1"


@pytest.mark.parametrize(("answer", "image"), [("ours", "mine:1"), ("theirs", "theirs:1")])
def test_the_answer_holds(shop: Application, client: Client, other: Client, answer: str, image: str) -> None:
    page = overtaken(client, other, {"image": "mine:1", "command": "mine"}, image="theirs:1")
    assert client.post(EDIT, answered(page, image=answer)).status_code == 302
    web = wanted(shop).components["web"]
    assert (web.image, web.command) == (image, ("mine",))


def test_an_answer_to_an_older_question_counts_no_more(shop: Application, client: Client, other: Client) -> None:
    page = overtaken(client, other, {"image": "mine:1"}, image="theirs:1")
    other.post(EDIT, form_of(other, EDIT) | {"image": "theirs:2"})
    response = client.post(EDIT, answered(page, image="ours"))
    assert asked(response) == {"components.web.image": ("${WEB_IMAGE}", "theirs:2", "mine:1")}
    assert "checked>\n            <span>Keep mine" not in response.text
    assert wanted(shop).components["web"].image == "theirs:2"


def test_a_row_that_the_other_took_away_stays_away(shop: Application, client: Client, other: Client) -> None:
    form = form_of(client, EDIT)
    name = form["env-0-name"]
    other.post(EDIT, form | {"env-0-gone": "on"})
    assert client.post(EDIT, form | {"image": "mine:1"}).status_code == 302
    assert name not in wanted(shop).components["web"].env
    assert wanted(shop).components["web"].image == "mine:1"


def test_a_credential_is_dots_on_either_side(shop: Application, client: Client, other: Client) -> None:
    plain = {"env-2-name": "API_TOKEN", "shown": "secret:API_TOKEN"}
    page = overtaken(client, other, plain | {"env-2-value": "t0ps3cret-471"}, **plain, **{"env-2-value": "0ther-4711"})
    assert asked(page) == {"components.web.env.API_TOKEN": ("not there", "••••••", "••••••")}
    assert "0ther-4711" not in page.text


def test_what_the_form_does_not_show_is_theirs(shop: Application, client: Client) -> None:
    form = form_of(client, EDIT)
    row = shop.components.get(key="web")
    row.desired = {**(row.desired or {}), "labels": {"team": "theirs"}}
    row.revision, row.changed_by = row.revision + 1, "bob"
    row.save()
    assert client.post(EDIT, form | {"image": "mine:1"}).status_code == 302
    assert wanted(shop).components["web"].labels == {"team": "theirs"}
    assert wanted(shop).components["web"].image == "mine:1"


def test_a_component_removed_meanwhile_can_be_added_again(shop: Application, client: Client, other: Client) -> None:
    form = form_of(client, EDIT)
    other.post("/apps/shop/components/web/remove/")
    page = client.post(EDIT, form | {"image": "mine:1"})
    assert "removed this component while your form was open" in page.text
    assert 'value="mine:1"' in page.text
    assert "web" not in wanted(shop).components
    assert client.post(EDIT, sent(page.context["forms"]) | {"over": "again"}).status_code == 302
    assert wanted(shop).components["web"].image == "mine:1"
    assert client.get("/apps/shop/components/gone/edit/").status_code == 404


def test_a_dependency_that_others_added_meanwhile_stays(shop: Application, client: Client, other: Client) -> None:
    url = "/apps/shop/components/db/edit/"
    form = form_of(client, url)
    add = reverse("apps:component-add", args=["shop"])
    other.post(add, form_of(other, add) | REDIS | {"depends_on": ["db"], "needed_by": []})
    assert client.post(url, form | {"image": "postgres:18"}).status_code == 302
    assert "db" in wanted(shop).components["redis"].depends_on
    assert "db" in wanted(shop).components["web"].depends_on


def test_a_form_that_carries_nonsense_is_asked_about_every_difference(
    shop: Application, client: Client, other: Client
) -> None:
    page = overtaken(client, other, {"opened": "made up"}, image="theirs:1")
    assert asked(page) == {"components.web.image": ("not there", "theirs:1", "${WEB_IMAGE}")}
    assert wanted(shop).components["web"].image == "theirs:1"
