"""Declaring an application an installation, as people do it."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.models import Application, Installation
from config.accounts.models import Team, User
from config.accounts.sealing.sealed import Secret
from templates_app.models import TemplateVersion
from tests.apps_app.rows import all_held
from tests.factories import AppTemplateFactory, TemplateVersionFactory, application
from tests.specs import EMPTY, WEB_AND_DB, WEB_RENAMED, WITH_REDIS, added, changed, without

pytestmark = pytest.mark.django_db
type SignIn = Callable[[User], Client]
URL = "/apps/mine/attach/"
COMPARED = f"{URL}?template=shop&version=1.0"


@pytest.fixture
def version(team: Team) -> TemplateVersion:
    template = AppTemplateFactory.create(team=team, slug="shop", name="Shop")
    created: TemplateVersion = TemplateVersionFactory.create(template=template, spec=WITH_REDIS)
    return created


@pytest.fixture
def mine(team: Team) -> Application:
    env = {**WEB_AND_DB.components["web"].env, "WORKERS": "4", "MINE": "1"}
    spec = added(changed(WEB_RENAMED, "shop", env=env), mailer={"image": "mail:1"})
    created = application(spec, team=team, slug="mine", name="Mine")
    created.values.create(name="DB_PASSWORD", secret=True, desired=Secret("s3cret"))
    return created


def text_of(client: Client, url: str, data: dict[str, str] | None = None) -> str:
    answer = client.get(url) if data is None else client.post(url, data)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def chosen(page: str, field: str) -> str:
    match = re.search(rf'<select name="{field}".*?</select>', page)
    assert match is not None, field
    option = re.search(r'<option value="([^"]*)" selected', match[0])
    return option[1] if option else ""


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def test_settings_lead_there_while_it_has_no_template(
    mine: Application, version: TemplateVersion, client_of: SignIn, operator: User, viewer: User
) -> None:
    settings = reverse("apps:settings", args=["mine"])
    assert f'href="{URL}"' in text_of(client_of(operator), settings)
    assert f'href="{URL}"' not in text_of(client_of(viewer), settings)
    Installation.objects.create(application=mine, template=version.template, version=version)
    assert f'href="{URL}"' not in text_of(client_of(operator), settings)
    assert "It is installed from a template already" in text_of(client_of(operator), COMPARED)


def test_who_may_attach(
    mine: Application, version: TemplateVersion, client_of: SignIn, viewer: User, stranger: User
) -> None:
    for user, status in ((viewer, 403), (stranger, 404)):
        assert client_of(user).get(COMPARED).status_code == status
        assert client_of(user).post(COMPARED, {"confirmed": "x"}).status_code == status
    assert not Installation.objects.exists()


def test_a_template_is_chosen_and_then_its_version(
    mine: Application, version: TemplateVersion, client_of: SignIn, operator: User
) -> None:
    client = client_of(operator)
    AppTemplateFactory.create(team=mine.team, slug="unpublished")
    hidden_one = TemplateVersionFactory.create(template__slug="hidden")
    TemplateVersionFactory.create(template=version.template, version="2.0", state="draft")
    first = text_of(client, URL)
    assert 'value="shop"' in first
    assert "unpublished" not in first
    assert "hidden" not in first.replace("visually-hidden", "").replace('type="hidden"', "").replace("aria-hidden", "")
    second = text_of(client, f"{URL}?template=shop")
    assert re.search(r'<option value="1.0"', second)
    assert "2.0" not in second
    assert "Components of" not in text_of(client, f"{URL}?template={hidden_one.template.slug}&version=1.0")
    assert "Components of" not in text_of(client, f"{URL}?template=shop&version=2.0")


def test_it_shows_what_stands_for_what_and_what_differs(
    mine: Application, version: TemplateVersion, client_of: SignIn, operator: User
) -> None:
    page = text_of(client_of(operator), COMPARED)
    assert (chosen(page, "component-web"), chosen(page, "component-db")) == ("shop", "db")
    assert chosen(page, "component-redis") == ""
    assert "same image, shop/web" in page
    assert "mailer stays the application's own" in page.replace("&#x27;", "'")
    assert "CACHE_URL" in page
    assert "MINE" in page
    assert re.search(r'name="value-WORKERS" value="4"', page)
    assert "taken over as it is: DB_PASSWORD" in page
    assert "s3cret" not in page
    assert not Installation.objects.exists()


def test_it_asks_once_and_then_does_it(
    mine: Application, version: TemplateVersion, client_of: SignIn, operator: User
) -> None:
    client = client_of(operator)
    data = {"component-web": "shop", "component-db": "db", "component-redis": "-", "value-WORKERS": "4"}
    requested = text_of(client, COMPARED, data)
    assert "Attach Mine to Shop 1.0?" in requested
    assert "Nothing on the target changes" in requested
    assert "redis is left out for good." in requested
    assert not Installation.objects.exists()
    assert client.post(COMPARED, hidden(requested)).status_code == 302
    installation = Installation.objects.get(application=mine)
    assert installation.version == version
    assert set(installation.origins.values_list("template_key", "state")) == {
        ("web", "present"),
        ("db", "present"),
        ("redis", "removed_locally"),
    }
    assert all_held(mine) == {"DB_PASSWORD": "s3cret", "WORKERS": "4"}


def test_comparing_again_stores_nothing_and_keeps_what_was_said(
    mine: Application, version: TemplateVersion, client_of: SignIn, operator: User
) -> None:
    data = {"component-web": "", "component-db": "db", "component-redis": "", "value-WORKERS": "6", "compare": "again"}
    page = text_of(client_of(operator), COMPARED, data)
    assert chosen(page, "component-web") == ""
    assert "as you said" in page
    assert re.search(r'name="value-WORKERS" value="6"', page)
    assert not Installation.objects.exists()


def test_what_changed_meanwhile_is_looked_at_again(
    mine: Application, version: TemplateVersion, client_of: SignIn, operator: User
) -> None:
    client = client_of(operator)
    data = {"component-web": "shop", "component-db": "db", "component-redis": "", "value-WORKERS": "4"}
    requested = hidden(text_of(client, COMPARED, data))
    row = mine.components.get(key="shop")
    row.desired = {**(row.desired or {}), "user": "1000"}
    row.save()
    assert "Something changed since this was compared" in text_of(client, COMPARED, requested)
    assert not Installation.objects.exists()


def test_a_choice_that_cannot_be_is_said_in_words(
    mine: Application, version: TemplateVersion, client_of: SignIn, operator: User
) -> None:
    data = {"component-web": "shop", "component-db": "db", "component-redis": "shop", "value-WORKERS": "4"}
    page = text_of(client_of(operator), COMPARED, data)
    assert "shop cannot stand for two components" in page
    assert "components.web" not in page
    assert "Attach</button>" not in page


def test_two_that_could_be_it_are_left_to_say(team: Team, client_of: SignIn, operator: User) -> None:
    """The version's db has no match by key; the application has a component of the version's other key."""
    template = AppTemplateFactory.create(team=team, slug="shop", name="Shop")
    TemplateVersionFactory.create(template=template, spec=WEB_AND_DB)
    here = added(without(WEB_AND_DB, "db"), one={"image": "postgres:16"}, two={"image": "postgres:15"})
    application(here, team=team, slug="mine")
    client = client_of(operator)
    assert "one, two run postgres: say which it is" in text_of(client, COMPARED)
    data = {"component-web": "web", "component-db": "two", "value-WORKERS": "2"}
    requested = text_of(client, COMPARED, data)
    client.post(COMPARED, hidden(requested))
    assert set(Installation.objects.get().origins.values_list("template_key", "component__key")) == {
        ("web", "web"),
        ("db", "two"),
    }


def test_a_key_that_both_sides_have_may_stand_for_another(
    team: Team, version: TemplateVersion, client_of: SignIn, operator: User
) -> None:
    """Somebody gave two components each other's names."""
    parts = WITH_REDIS.components
    swapped = WITH_REDIS.model_copy(
        update={
            "components": {
                **parts,
                "db": parts["redis"].model_copy(update={"depends_on": {}}),
                "redis": parts["db"].model_copy(update={"depends_on": {}}),
            }
        }
    )
    created = application(swapped, team=team, slug="mine", name="Mine")
    client = client_of(operator)
    data = {"component-db": "redis", "component-redis": "db", "component-web": "web"}
    page = text_of(client, COMPARED, {**data, "compare": "again"})
    assert (chosen(page, "component-db"), chosen(page, "component-redis")) == ("redis", "db")
    assert "as you said" in page
    twice = text_of(client, COMPARED, {**data, "component-redis": "redis", "compare": "again"})
    assert "redis cannot stand for two components." in twice
    confirm = client.post(COMPARED, data)
    assert client.post(COMPARED, hidden(confirm.text)).status_code == 302
    origins = created.installation.origins.exclude(component=None)
    assert dict(origins.values_list("template_key", "component__key")) == {"db": "redis", "redis": "db", "web": "web"}


def test_where_nothing_matches_a_tick_is_wanted(
    version: TemplateVersion, team: Team, client_of: SignIn, operator: User
) -> None:
    other = application(added(EMPTY, registry={"image": "registry:2"}), team=team, slug="regapp", name="Reg")
    client, url = client_of(operator), COMPARED.replace("mine", "regapp")
    page = text_of(client, url)
    assert "Nothing of Reg matches Shop 1.0: no component is in both." in page
    assert "Nothing differs from the version" not in page

    refused = text_of(client, url, {})
    assert "Say which component is which, or choose another template." in refused
    assert "Attach Reg to" not in refused

    confirm = text_of(client, url, {"although_unmatched": "on"})
    assert "Attach Reg to Shop 1.0?" in confirm
    assert "Nothing of Reg matches Shop 1.0" in confirm
    assert not Installation.objects.exists()
    assert client.post(url, hidden(confirm)).status_code == 302
    assert Installation.objects.get().application == other
