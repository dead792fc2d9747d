"""What waits for somebody is told where one upgrades, and on the topology: plans, and what was left out."""

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps_app.models import Application
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB, added, changed
from tests.upgrades_app.road import ADA, fresh, released, upgraded
from tests.upgrades_app.views.pages import HTMX, confirmed, planned, text_of
from upgrades_app.actions.discard import discard
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.models import UpgradeRecord
from upgrades_app.queries.unfinished_work import unfinished

pytestmark = pytest.mark.django_db


def part(user: User, application: Application) -> str:
    """As the topology loads it."""
    return text_of(SignedIn(user).get(reverse("upgrades:unfinished", args=[application.slug]), headers=HTMX))


def manage(user: User, application: Application) -> str:
    return text_of(SignedIn(user).get(reverse("upgrades:manage", args=[application.slug])))


def test_a_plan_that_waits_can_be_reviewed_and_discarded(
    operator: User, viewer: User, copy: Application, two: TemplateVersion
) -> None:
    record = planned(copy, two)
    for page in (part(operator, copy), manage(operator, copy)):
        assert "Upgrade 1.0 → 1.1</a> waits for your confirm, planned by bob" in page
        assert f'href="{reverse("upgrades:confirm", args=[record.pk])}" data-dialog>Review' in page
        assert f'href="{reverse("upgrades:discard", args=[record.pk])}" data-dialog>Discard' in page
    assert "waits for a confirm" in part(viewer, copy)
    assert "Review" not in part(viewer, copy)


def test_neither_what_was_confirmed_nor_its_twin_waits(operator: User, copy: Application, two: TemplateVersion) -> None:
    first, _ = planned(copy, two), planned(copy, two)
    assert part(operator, copy).count("waits for your confirm") == 2
    confirmed(SignedIn(operator), first)
    assert "waits" not in part(operator, copy)


def test_the_topology_leads_there_without_scripts(viewer: User, copy: Application) -> None:
    url = reverse("upgrades:unfinished", args=[copy.slug])
    page = text_of(SignedIn(viewer).get(copy.get_absolute_url()))
    assert f'hx-get="{url}" hx-trigger="load"' in page
    assert f'href="{url}"' in page
    assert "Nothing is unfinished" in text_of(SignedIn(viewer).get(url))


def test_the_page_is_of_those_who_may_see_the_application(stranger: User, copy: Application) -> None:
    assert SignedIn(stranger).get(reverse("upgrades:unfinished", args=[copy.slug])).status_code == 404


def test_many_plans_cost_as_much_as_one(
    copy: Application, two: TemplateVersion, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    plans = [planned(copy, two) for _ in range(5)]
    application = fresh(copy)
    with django_assert_num_queries(1):
        work = unfinished(application)
    assert [item.pk for item in work.waiting] == [item.pk for item in plans[:1:-1]]
    assert work.more
    for record in plans:
        discard(UpgradeRecord.objects.get(pk=record.pk), ADA)
    assert not unfinished(copy)


class TestWhatWasLeftOut:
    @pytest.fixture
    def wider(self, copy: Application, version_1_0: TemplateVersion) -> TemplateVersion:
        """With a newer web, and a redis that nobody needs."""
        return released(
            version_1_0.template, "1.1", added(changed(WEB_AND_DB, "web", user="app"), redis={"image": "redis:8"})
        )

    def test_a_new_component_is_told_by_name_with_who_did_not_want_it(
        self, operator: User, copy: Application, wider: TemplateVersion
    ) -> None:
        assert upgraded(copy, wider, Answers(only=frozenset({"web"}))).status == "partially_upgraded"
        for page in (part(operator, copy), manage(operator, copy)):
            assert "Left out of the upgrade to 1.1 by ada: redis (new in 1.1)" in page
            assert f"{reverse('upgrades:details', args=[copy.slug])}?to=1.1" in page

    def test_once_it_is_taken_along_nothing_is_told(
        self, operator: User, copy: Application, wider: TemplateVersion
    ) -> None:
        upgraded(copy, wider, Answers(only=frozenset({"web"})))
        assert upgraded(copy, wider).succeeded
        assert "Left out" not in part(operator, copy)

    def test_what_a_partial_upgrade_brought_is_marked_as_new(
        self, operator: User, copy: Application, two: TemplateVersion
    ) -> None:
        assert upgraded(copy, two, Answers(only=frozenset({"redis"}))).status == "partially_upgraded"
        page = text_of(SignedIn(operator).get(copy.get_absolute_url()))
        assert page.count("new in 1.1") >= 2, "in the picture and in the table"

    def test_a_plan_that_tells_no_arrivals_keeps_no_page_away(self, operator: User, copy: Application) -> None:
        installation = copy.installation
        installation.ahead = "1 of 2 at 1.1"
        installation.save()
        UpgradeRecord.objects.create(application=copy, team=copy.team, kind="upgrade", status="partially_upgraded")
        assert unfinished(fresh(copy)).left_out is None
        assert "Left out" not in manage(operator, copy)
