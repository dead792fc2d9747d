"""A refusal says who, where to look, and its places in words: in forms, in messages, in dialogs."""

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.models import Application, ApplicationLock
from config.accounts.models import Team, User
from tests.apps_app.publishing import draft, synchronized
from tests.apps_app.views.test_component_form import REDIS, form_of
from tests.conftest import SignedIn
from tests.factories import application
from tests.specs import WEB_AND_DB, changed

pytestmark = pytest.mark.django_db
LINK = "<a href=\"/upgrades/\" >Upgrades</a>"


@pytest.fixture
def shop(team: Team) -> Application:
    return application(WEB_AND_DB, team=team, slug="shop", name="Shop")


@pytest.fixture
def busy(shop: Application) -> Application:
    ApplicationLock.objects.create(
        application=shop, record_id=7, label="Upgrade 1.0 → 1.1", url="/upgrades/7/", by="ada"
    )
    return shop


@pytest.fixture
def visitor(publisher: User, client_of: type[SignedIn]) -> Client:
    return client_of(publisher)


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("apps:settings", {"name": "Other"}),
        ("apps:values", {"value-WORKERS": "7"}),
        ("apps:publish", {"name": "Shop", "scope": "team", "version": "1.0"}),
    ],
)
def test_a_form_says_who_is_at_work_and_where(
    busy: Application, visitor: Client, page: str, sent: dict[str, str]
) -> None:
    html = visitor.post(reverse(page, args=["shop"]), sent).text
    assert "Upgrade 1.0 → 1.1 is running, started by ada" in html
    assert LINK in html


def test_a_component_that_cannot_be_saved_now_keeps_the_link(busy: Application, visitor: Client) -> None:
    url = reverse("apps:component-add", args=["shop"])
    assert "<a href=\"/upgrades/\"" in visitor.get(url).text
    assert LINK in visitor.post(url, form_of(visitor, url) | REDIS).text


def test_the_dialog_that_removes_has_the_link(busy: Application, visitor: Client) -> None:
    assert LINK in visitor.post(reverse("apps:component-remove", args=["shop", "db"]), {"cut": "yes"}).text


def test_a_message_has_the_link(team: Team, shop: Application, visitor: Client) -> None:
    record = synchronized(shop)
    record.cancelled_at, record.cancelled_by = record.at, "bob"
    record.save()
    html = visitor.post(reverse("apps:sync-confirm", args=[record.pk]), follow=True).text
    assert "was cancelled by bob." in html


def test_a_taken_version_links_to_who_publishes_it(shop: Application, visitor: Client) -> None:
    record = draft(shop)
    html = visitor.post(
        f"{reverse('apps:publish', args=['shop'])}?template=shop", {"version": "1.0", "chosen": "1"}
    ).text
    assert f"<a href=\"{record.get_absolute_url()}\">Look" in html


def test_places_are_said_in_words(team: Team, visitor: Client) -> None:
    broken = changed(WEB_AND_DB, "web", depends_on={"gone": {}}, ports={"80/tcp": {"8080": {}}, "81/tcp": {"8080": {}}})
    application(broken, team=team, slug="broken", name="Broken")
    for page in ("topology", "publish"):
        html = visitor.get(reverse(f"apps:{page}", args=["broken"])).text
        assert "web, dependency on gone" in html
        assert "port 81/tcp published as 8080</a>: 8080/tcp is also published by" in html
        assert "components." not in html
