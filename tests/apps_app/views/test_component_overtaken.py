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


def test_it_shows_what_changed_meanwhile_and_keeps_what_was_typed(
    shop: Application, client: Client, other: Client
) -> None:
    page = overtaken(client, other, {"image": "mine:1"}, **{"image": "theirs:1", "env-0-value": "theirs"})
    name = form_of(client, EDIT)["env-0-name"]
    now = page.context["outcome"].meanwhile
    assert {line.label: (line.was, line.theirs, line.yours, line.clash) for line in now.lines} == {
        "Image": ("${WEB_IMAGE}", "theirs:1", "mine:1", True),
        f"Environment {name}": (
            WEB_AND_DB.components["web"].env[name], "theirs", WEB_AND_DB.components["web"].env[name], False
        ),
    }  # fmt: skip
    assert "publisher saved this component while your form was open" in page.text
    assert 'value="mine:1"' in page.text
    assert wanted(shop).components["web"].image == "theirs:1"


def test_mine_can_be_saved_over_it(shop: Application, client: Client, other: Client) -> None:
    page = overtaken(client, other, {"image": "mine:1"}, image="theirs:1")
    over = str(page.context["outcome"].meanwhile.revision)
    assert f'name="over" value="{over}"' in page.text
    assert client.post(EDIT, sent(page.context["forms"]) | {"over": over}).status_code == 302
    assert wanted(shop).components["web"].image == "mine:1"


def test_saving_over_it_is_overtaken_too(shop: Application, client: Client, other: Client) -> None:
    page = overtaken(client, other, {"image": "mine:1"}, image="theirs:1")
    over = str(page.context["outcome"].meanwhile.revision)
    other.post(EDIT, form_of(other, EDIT) | {"image": "theirs:2"})
    again = client.post(EDIT, sent(page.context["forms"]) | {"over": over})
    assert [line.theirs for line in again.context["outcome"].meanwhile.lines] == ["theirs:2"]
    assert wanted(shop).components["web"].image == "theirs:2"


def test_what_the_form_does_not_show_is_theirs(shop: Application, client: Client, other: Client) -> None:
    form = form_of(client, EDIT)
    row = shop.components.get(key="web")
    row.desired = {**(row.desired or {}), "labels": {"team": "theirs"}}
    row.revision, row.changed_by = row.revision + 1, "bob"
    row.save()
    page = client.post(EDIT, form | {"image": "mine:1"})
    assert page.context["outcome"].meanwhile.lines == ()
    assert "Nothing that this form shows was changed." in page.text
    client.post(EDIT, form | {"image": "mine:1", "over": str(row.revision)})
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


def test_a_form_that_carries_nonsense_is_only_not_compared(shop: Application, client: Client, other: Client) -> None:
    page = overtaken(client, other, {"opened": "made up"}, image="theirs:1")
    assert page.context["outcome"].meanwhile.lines == ()
    assert wanted(shop).components["web"].image == "theirs:1"
