"""A source that is another one than what was last published from it says so: at home, in the list, on its topology."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.actions.finish_publication import cancel_publication
from apps_app.models import Application
from apps_app.queries.unpublished_changes import changed_since
from config.accounts.models import Team, User
from tests.apps_app.publishing import ADA, draft, edited, released, source
from tests.specs import WEB_AND_DB, WITH_REDIS

type SignIn = Callable[[User], Client]
PUBLISH = reverse("apps:publish", args=["shop"])


@pytest.fixture
def shop(team: Team) -> Application:
    application = source(team)
    released(application, "1.0")
    return Application.objects.get(pk=application.pk)


def test_what_was_just_published_is_not_changed(shop: Application, client_of: SignIn, publisher: User) -> None:
    assert changed_since(shop) == ""
    for page in ("/", reverse("apps:list"), reverse("apps:topology", args=["shop"])):
        assert "hanged since" not in client_of(publisher).get(page).text


def test_an_edit_is_told_with_where_to_publish_it(
    shop: Application, client_of: SignIn, publisher: User, viewer: User
) -> None:
    edited(shop, WITH_REDIS)
    home = client_of(publisher).get("/").text
    assert "Nothing needs attention" in home
    assert "changed since 1.0" in home
    for page in (reverse("apps:list"), reverse("apps:topology", args=["shop"])):
        text = client_of(publisher).get(page).text.lower()
        assert "changed since 1.0" in text
        assert PUBLISH in text
        assert "changed since 1.0" in client_of(viewer).get(page).text.lower()
    assert "changed since 1.0" not in client_of(viewer).get("/").text


def test_taken_back_it_is_not_changed_any_more(shop: Application) -> None:
    edited(shop, WITH_REDIS)
    assert changed_since(edited(shop, WEB_AND_DB)) == ""


def test_while_it_is_published_again_that_is_what_is_told(shop: Application) -> None:
    record = draft(edited(shop, WITH_REDIS), "1.1", queue=False)
    assert changed_since(shop) == ""
    cancel_publication(record, ADA)
    assert changed_since(shop) == "1.0"


def test_what_was_never_published_is_not_told(team: Team) -> None:
    assert changed_since(source(team, slug="other")) == ""
