"""The review of what was edited and not applied."""

import pytest
from django.urls import reverse

from apps_app.models import Application
from config.accounts.models import Team, User
from tests.conftest import SignedIn
from tests.factories import ApplicationFactory
from tests.upgrades_app.upgrade_helpers import carried_out, fresh
from tests.upgrades_app.views.pages import edited, location, post, text_of
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


def changes(application: Application) -> str:
    return reverse("upgrades:changes", args=[application.slug])


def discard(application: Application, key: str = "") -> str:
    return reverse("upgrades:changes-discard", args=[application.slug]) + (f"?key={key}" if key else "")


def test_shows_the_fields_and_who_changed_them(viewer: User, copy: Application) -> None:
    edited(copy, "web", command=["serve", "--fast"])

    page = text_of(SignedIn(viewer).get(changes(copy)))

    assert "serve --fast" in page
    assert "bob" in page
    assert "1 unchanged" in page
    assert "Discard all" not in page


def test_applying_leads_through_the_confirm(operator: User, copy: Application) -> None:
    edited(copy, "web", command=["serve", "--fast"])
    client = SignedIn(operator)

    answer = post(client, changes(copy))

    record = UpgradeRecord.objects.get(kind="change")
    assert location(answer) == reverse("upgrades:confirm", args=[record.pk])
    assert "Apply the changes of Copy?" in text_of(client.get(location(answer)))
    carried_out(record)
    assert "No changes" in text_of(client.get(changes(copy)))


def test_discarding_one_component_asks_first(operator: User, copy: Application) -> None:
    before = fresh(copy).desired_spec()
    edited(copy, "web", command=["a"])
    edited(copy, "db", command=["b"])
    client = SignedIn(operator)

    assert "Discard changes of web?" in text_of(client.get(discard(copy, "web")))
    assert fresh(copy).desired_spec().components["web"].command == ("a",)

    assert location(client.post(discard(copy, "web"))) == changes(copy)
    after = fresh(copy).desired_spec()
    assert after.components["web"] == before.components["web"]
    assert after.components["db"].command == ("b",)

    client.post(discard(copy))
    assert fresh(copy).desired_spec() == before


def test_a_source_application_has_nothing_to_apply(viewer: User, team: Team) -> None:
    source = ApplicationFactory.create(team=team)

    assert "No target" in text_of(SignedIn(viewer).get(changes(source)))


def test_three_people(viewer: User, stranger: User, copy: Application) -> None:
    for url in (changes(copy), discard(copy)):
        assert SignedIn(viewer).post(url).status_code == 403
        assert SignedIn(stranger).get(url).status_code == 404
        assert SignedIn(stranger).post(url).status_code == 404
