"""An application whose install nobody has confirmed yet is no ghost."""

import pytest
from django.urls import reverse

from apps_app.models import Application, Target
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.road import ADA, carried_out
from tests.upgrades_app.views.pages import HTMX, confirmed, location, text_of
from upgrades_app.actions.execute_upgrade import run
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(version_1_0: TemplateVersion, target: Target) -> UpgradeRecord:
    return plan_install(version_1_0, ADA, team=target.team, name="Later", target=target)


def url_of(record: UpgradeRecord) -> str:
    return reverse("upgrades:planned", args=[record.subject.slug])


def test_shows_what_comes_and_what_can_be_done(operator: User, waiting: UpgradeRecord) -> None:
    client = SignedIn(operator)

    page, part = (text_of(client.get(url_of(waiting), headers=headers)) for headers in ({}, HTMX))

    assert "Install of Shop 1.0: planned" in page
    assert reverse("upgrades:confirm", args=[waiting.pk]) in part
    assert reverse("upgrades:discard", args=[waiting.pk]) in part
    assert "shop/web:1.0" in part
    assert "<html" not in part


def test_the_topology_asks_for_it_until_it_arrived(operator: User, waiting: UpgradeRecord) -> None:
    client, topology = SignedIn(operator), waiting.subject.get_absolute_url()
    before = text_of(client.get(topology))
    assert f'hx-get="{url_of(waiting)}"' in before
    assert "No components yet" not in before
    assert "Add component" not in before

    confirmed(client, waiting)
    working = text_of(client.get(url_of(waiting), headers=HTMX))
    assert "Install of Shop 1.0: queued" in working
    assert 'hx-trigger="every 2s"' in working

    run(waiting.pk)
    assert client.get(url_of(waiting), headers=HTMX)["HX-Refresh"] == "true"
    assert location(client.get(url_of(waiting))) == topology
    assert url_of(waiting) not in text_of(client.get(topology))


def test_a_discarded_one_does_not_ask_again_for_ever(operator: User, waiting: UpgradeRecord) -> None:
    UpgradeRecord.objects.filter(pk=waiting.pk).update(status="discarded")

    answer = SignedIn(operator).get(url_of(waiting), headers=HTMX)

    assert "Nothing to install" in text_of(answer)
    assert "HX-Refresh" not in answer.headers


def test_a_plan_of_another_uplift_has_no_picture(operator: User, waiting: UpgradeRecord) -> None:
    UpgradeRecord.objects.filter(pk=waiting.pk).update(plan={"written": "otherwise"})

    part = text_of(SignedIn(operator).get(url_of(waiting), headers=HTMX))

    assert "Install of Shop 1.0: planned" in part
    assert "shop/web:1.0" not in part


def test_three_people(viewer: User, stranger: User, waiting: UpgradeRecord) -> None:
    observed = text_of(SignedIn(viewer).get(url_of(waiting)))

    assert "Install of Shop 1.0: planned" in observed
    assert reverse("upgrades:confirm", args=[waiting.pk]) not in observed
    assert SignedIn(stranger).get(url_of(waiting)).status_code == 404


def test_the_list_of_applications_says_it(viewer: User, waiting: UpgradeRecord, copy: Application) -> None:
    page = text_of(SignedIn(viewer).get(reverse("apps:list")))

    assert "Not installed yet" in page
    assert carried_out(waiting).succeeded
    assert "Not installed yet</span>" not in text_of(SignedIn(viewer).get(reverse("apps:list")))
