"""The record's page, and the part of it that lives."""

import pytest
from django.db import connection
from django.db.models import Max
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps_app.models import Application, Target
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB, added
from tests.upgrades_app.road import installed, released, upgraded
from tests.upgrades_app.views.pages import HTMX, confirmed, planned, text_of
from upgrades_app.actions.execute_upgrade import run
from upgrades_app.execution.recorder import prepare_steps
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import HEAVY
from upgrades_app.presenters.progress_view import StepLine, working

HEAVY_COLUMNS = {*HEAVY, "document", "imported", "desired_before"}
pytestmark = pytest.mark.django_db


def live_url(record: UpgradeRecord, after: int = 0, was: str = "queued") -> str:
    return f"{reverse('upgrades:progress', args=[record.pk])}?after={after}&was={was}"


def test_a_plan_waits_for_its_confirm(operator: User, viewer: User, copy: Application, two: TemplateVersion) -> None:
    record = planned(copy, two)

    page = text_of(SignedIn(operator).get(record.get_absolute_url()))
    assert reverse("upgrades:confirm", args=[record.pk]) in page
    assert "every 1500ms" not in page
    assert reverse("upgrades:confirm", args=[record.pk]) not in text_of(SignedIn(viewer).get(record.get_absolute_url()))


def test_stands_in_its_application_and_says_where_the_commit_is(
    viewer: User, copy: Application, two: TemplateVersion
) -> None:
    record = upgraded(copy, two)

    page = text_of(SignedIn(viewer).get(record.get_absolute_url()))

    assert '<nav class="side" id="side" aria-label="Copy" >' in page
    assert f"folder <code>{copy.slug}/</code>" in page
    assert copy.target is not None
    assert f'<a href="{copy.target.get_absolute_url()}">git files</a>' in page


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        (("done", "running", "waiting"), "Step 2 of 3: worker"),
        (("done", "waiting", "waiting"), "1 of 3 steps done, next is worker."),
        (("done", "failed", "done"), "3 of 3 steps done."),
    ],
)
def test_how_far_it_is(statuses: tuple[str, ...], said: str) -> None:
    steps = [StepLine(name, "", status) for name, status in zip(("web", "worker", "db"), statuses, strict=True)]

    assert working(steps) == said


def test_an_open_record_asks_again(operator: User, copy: Application, two: TemplateVersion) -> None:
    record = planned(copy, two)
    client = SignedIn(operator)
    confirmed(client, record)

    page = text_of(client.get(record.get_absolute_url()))

    assert "every 1500ms" in page
    assert "was=queued" in page
    assert "Refresh" in page


def test_nothing_new_is_204(operator: User, copy: Application, two: TemplateVersion) -> None:
    record = planned(copy, two)
    client = SignedIn(operator)
    confirmed(client, record)

    assert client.get(live_url(record), headers=HTMX).status_code == 204


def test_a_poll_loads_no_document(operator: User, copy: Application, two: TemplateVersion) -> None:
    record = planned(copy, two)
    client = SignedIn(operator)
    confirmed(client, record)
    prepare_steps(record)
    for url, status in ((live_url(record), 204), (live_url(record, was="planned"), 200)):
        with CaptureQueriesContext(connection) as context:
            assert client.get(url, headers=HTMX).status_code == status
        loaded = {
            name for query in context for name in HEAVY_COLUMNS if f'"{name}"' in query["sql"].partition("FROM")[0]
        }
        assert loaded == set()


def test_of_what_is_brought_only_the_last_word_is_loaded(copy: Application, two: TemplateVersion) -> None:
    record = planned(copy, two)
    prepare_steps(record)
    first, second = record.steps.all()[:2]
    for step, kind, text in (
        (first, "preparing", "1 of 3 MB"),
        (first, "preparing", "2 of 3 MB"),
        (first, "prepared", "it is there"),
        (second, "preparing", "4 of 9 MB"),
        (second, "preparing", "5 of 9 MB"),
    ):
        record.events.create(step=step, kind=kind, text=text)
    record.events.create(kind="noted", text="a word")
    assert [event.text for event in record.events.told()] == ["it is there", "5 of 9 MB", "a word"]


def test_the_last_answer_brings_the_left_column_up_to_date(
    operator: User, copy: Application, two: TemplateVersion
) -> None:
    record = planned(copy, two)
    client = SignedIn(operator)
    confirmed(client, record)
    assert "Shop 1.0" in text_of(client.get(record.get_absolute_url()))
    run(record.pk)

    part = text_of(client.get(live_url(record), headers=HTMX))

    assert '<nav class="side" id="side" aria-label="Copy" hx-swap-oob="true">' in part
    assert "Shop 1.1" in part


def test_the_last_answer_asks_no_more(operator: User, copy: Application, two: TemplateVersion) -> None:
    record = planned(copy, two)
    client = SignedIn(operator)
    confirmed(client, record)
    run(record.pk)

    answer = client.get(live_url(record), headers=HTMX)
    part = text_of(answer)

    assert part.startswith('<div id="live"') or part.lstrip().startswith('<div id="live"')
    assert "hx-trigger" not in part
    assert "Upgrade complete" in part
    assert copy.get_absolute_url() in part
    assert 'hx-swap-oob="innerHTML:#announce"' in part
    assert "1.1 written as commit" in part
    last = record.events.aggregate(last=Max("pk"))["last"]
    assert client.get(live_url(record, last, "succeeded"), headers=HTMX).status_code == 204


def test_a_plain_get_of_the_live_part_is_the_page(operator: User, copy: Application, two: TemplateVersion) -> None:
    record = upgraded(copy, two)

    assert "<h1>" in text_of(SignedIn(operator).get(live_url(record)))


def test_the_end_tells_who_when_why_and_the_way_back(operator: User, copy: Application, two: TemplateVersion) -> None:
    record = planned(copy, two)
    client = SignedIn(operator)
    confirmed(client, record, reason="the sale")
    run(record.pk)

    page = text_of(client.get(record.get_absolute_url()))

    assert "the sale" in page
    assert "Go back to 1.0" in page
    assert "redis: done" in page
    assert "db stays as it is" not in page.partition("What happened")[2].partition("</section>")[0]


def test_no_way_back_is_offered_to_a_viewer(viewer: User, copy: Application, two: TemplateVersion) -> None:
    record = upgraded(copy, two)

    page = text_of(SignedIn(viewer).get(record.get_absolute_url()))

    assert "Upgrade complete" in page
    assert "Go back to" not in page


def test_a_stranger_does_not_know_it(stranger: User, copy: Application, two: TemplateVersion) -> None:
    record = upgraded(copy, two)

    assert SignedIn(stranger).get(record.get_absolute_url()).status_code == 404
    assert SignedIn(stranger).get(live_url(record), headers=HTMX).status_code == 404


@pytest.mark.parametrize("components", [3, 60])
def test_queries_do_not_grow(
    components: int,
    operator: User,
    version_1_0: TemplateVersion,
    target: Target,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    many = {f"part-{n}": {"image": f"part:{n}"} for n in range(components)}
    application = installed(released(version_1_0.template, "3.0", added(WEB_AND_DB, **many)), target, "Many")
    record = UpgradeRecord.objects.get(application=application)
    client = SignedIn(operator)

    with django_assert_max_num_queries(12):
        client.get(record.get_absolute_url())
    with django_assert_max_num_queries(10):
        client.get(live_url(record), headers=HTMX)
