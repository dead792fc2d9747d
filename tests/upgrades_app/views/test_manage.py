"""Upgrade management: where it is, where it may go, and why not elsewhere."""

import pytest
from django.urls import reverse

from apps_app.models import Application
from config.accounts.models import Team, User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.factories import ApplicationFactory, TemplateVersionFactory
from tests.specs import WITH_REDIS, changed
from tests.upgrades_app.road import released, upgraded
from tests.upgrades_app.views.pages import confirmed, planned, text_of
from upgrades_app.engine.inputs.planning_input import Answers

pytestmark = pytest.mark.django_db


def manage(application: Application) -> str:
    return reverse("upgrades:manage", args=[application.slug])


def test_offers_the_newest_first(viewer: User, copy: Application, two: TemplateVersion) -> None:
    released(two.template, "1.10", WITH_REDIS)
    released(two.template, "1.2", WITH_REDIS, state="draft")

    answer = SignedIn(viewer).get(manage(copy))

    assert [offer.version for offer in answer.context["offered"].offers] == ["1.10", "1.1"]
    assert "1.2 is not released yet." in text_of(answer)


def test_a_viewer_compares_and_reads_who_may_upgrade(
    viewer: User, operator: User, copy: Application, two: TemplateVersion
) -> None:
    observed, mine = (text_of(SignedIn(user).get(manage(copy))) for user in (viewer, operator))

    assert f"Operators of team {copy.team.name} can upgrade this." in observed
    assert "Nothing happens before you confirm." in mine


def test_says_up_to_date(viewer: User, copy: Application) -> None:
    page = text_of(SignedIn(viewer).get(manage(copy)))

    assert "Up to date" in page
    assert "1.0 is the newest version." in page


def test_a_pre_release_is_held_back_with_the_reason(viewer: User, copy: Application, two: TemplateVersion) -> None:
    TemplateVersionFactory.create(template=two.template, version="2.0rc1")

    answer = SignedIn(viewer).get(manage(copy))
    assert [offer.version for offer in answer.context["offered"].offers] == ["1.1"]
    assert "2.0rc1 is a pre-release" in text_of(answer)

    copy.installation.channel = "all"
    copy.installation.save()
    answer = SignedIn(viewer).get(manage(copy))
    assert [offer.version for offer in answer.context["offered"].offers] == ["2.0rc1", "1.1"]


def test_a_partial_upgrade_is_told(viewer: User, copy: Application, two: TemplateVersion) -> None:
    three = released(two.template, "1.2", changed(WITH_REDIS, "db", image="postgres:17.1"))
    upgraded(copy, three, Answers(only=frozenset({"web", "redis"})))

    page = text_of(SignedIn(viewer).get(manage(copy)))

    assert "2 of 3 at 1.2" in page


def test_offers_the_way_back(viewer: User, copy: Application, two: TemplateVersion) -> None:
    upgraded(copy, two)

    page = text_of(SignedIn(viewer).get(manage(copy)))

    assert f"{reverse('upgrades:rollback', args=[copy.slug])}?to=1.0" in page
    assert "Last record" in page


def test_says_who_is_at_work(operator: User, copy: Application, two: TemplateVersion) -> None:
    client = SignedIn(operator)
    record = planned(copy, two)
    confirmed(client, record)

    page = text_of(client.get(manage(copy)))

    assert "begun by operator" in page
    assert record.get_absolute_url() in page


def test_what_was_not_installed_from_a_template(viewer: User, team: Team) -> None:
    application = ApplicationFactory.create(team=team)

    assert "Not installed from a template" in text_of(SignedIn(viewer).get(manage(application)))


def test_a_stranger_does_not_know_it(stranger: User, copy: Application) -> None:
    assert SignedIn(stranger).get(manage(copy)).status_code == 404
