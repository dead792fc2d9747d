"""The synchronization page and the release record list: a publication on its way."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from apps_app.models import Application, ReleaseRecord
from config.accounts.models import Team, User
from templates_app.actions.synchronize import synchronize
from templates_app.models import SyncRecord, TemplateVersion
from tests.apps_app.publishing import draft, draft_of, edited, released, source, synchronized
from tests.conftest import SignedIn
from tests.factories import AppTemplateFactory
from tests.specs import WEB_AND_DB, WITH_REDIS, changed, spec

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "live"}


@pytest.fixture
def shop(team: Team) -> Application:
    return source(team)


@pytest.fixture
def visitor(publisher: User, client_of: type[SignedIn]) -> Client:
    return client_of(publisher)


def url(record: ReleaseRecord, step: str = "") -> str:
    return f"/releases/{record.pk}/sync/{step}"


def mark(html: str) -> str:
    match = re.search(r'hx-get="[^"]*\?after=([^"]+)"', html)
    assert match, "the part does not live"
    return match[1]


def test_three_people(
    shop: Application, publisher: User, viewer: User, stranger: User, client_of: type[SignedIn]
) -> None:
    record = synchronized(shop)
    steps = ["confirm/", "cancel/", "retry/"]
    for step in ["", "progress/"]:
        assert client_of(viewer).get(url(record, step)).status_code == 200
        assert client_of(stranger).get(url(record, step)).status_code == 404
    for step in steps:
        assert client_of(viewer).get(url(record, step)).status_code == 403
        assert client_of(viewer).post(url(record, step)).status_code == 403
        assert client_of(stranger).post(url(record, step)).status_code == 404
        assert client_of(publisher).get(url(record, step)).status_code == 200
    assert "Give up" not in client_of(viewer).get(url(record)).content.decode()
    assert client_of(viewer).get("/apps/shop/releases/").status_code == 200
    assert client_of(stranger).get("/apps/shop/releases/").status_code == 404
    assert TemplateVersion.objects.get().state == "draft"


def test_while_a_worker_is_at_it_the_part_lives_and_says_nothing_twice(shop: Application, visitor: Client) -> None:
    record = draft(shop)
    page = visitor.get(url(record)).content.decode()
    assert "Waiting for a worker" in page
    assert "0 of 2" in page
    observed = mark(page)
    assert visitor.get(url(record, f"progress/?after={observed}"), headers=HTMX).status_code == 204
    assert visitor.get(url(record, f"progress/?after={observed}")).status_code == 200
    SyncRecord.objects.filter(key="web").update(status="running", attempts=1)
    moved = visitor.get(url(record, f"progress/?after={observed}"), headers=HTMX)
    assert moved.status_code == 200
    assert "hx-swap-oob" not in moved.content.decode()
    SyncRecord.objects.filter(key="web").update(status="done")
    ended = visitor.get(url(record, f"progress/?after={mark(moved.content.decode())}"), headers=HTMX).content.decode()
    assert "1 of 2 components synchronized" in ended
    assert "<!doctype" not in ended


def test_lines_without_a_job_are_queued_again(shop: Application, visitor: Client) -> None:
    record = draft(shop, queue=False)
    assert "No worker has this" in visitor.get(url(record)).content.decode()
    visitor.post(url(record, "retry/"))
    assert "Waiting for a worker" in visitor.get(url(record)).content.decode()
    visitor.post(url(record, "retry/"))
    assert ProcrastinateJob.objects.count() == 1


def test_the_last_answer_has_no_trigger_and_offers_to_confirm(shop: Application, visitor: Client) -> None:
    record = draft(shop)
    observed = mark(visitor.get(url(record)).content.decode())
    synchronize(draft_of(record))
    last = visitor.get(url(record, f"progress/?after={observed}"), headers=HTMX).content.decode()
    assert "hx-trigger" not in last
    assert url(record, "confirm/") in last
    assert "2 of 2 components synchronized" in last


def test_each_line_says_how_it_is_to_the_last_version(shop: Application, visitor: Client) -> None:
    released(shop)
    record = synchronized(edited(shop, WITH_REDIS), "1.1")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", visitor.get(url(record)).content.decode()))
    assert "db Unchanged postgres:17 Synchronized" in text
    assert "redis New redis:8 Synchronized" in text
    assert "web Changed shop/web:1.0 Synchronized" in text


def test_confirming_is_asked_then_leads_to_the_marked_record(shop: Application, visitor: Client) -> None:
    record = synchronized(shop)
    dialog = visitor.get(url(record, "confirm/"), headers={"HX-Request": "true"}).content.decode()
    assert "Release Shop 1.0?" in dialog
    assert "<!doctype" not in dialog
    assert "<!doctype html>" in visitor.get(url(record, "confirm/")).content.decode()
    assert TemplateVersion.objects.get().state == "draft"
    answer = visitor.post(url(record, "confirm/"))
    assert answer.headers["Location"] == f"/apps/shop/releases/?new={record.pk}"
    version = TemplateVersion.objects.get()
    assert version.released_by is not None
    assert version.released_by.username == "publisher"
    row = re.search(r'<tr class="marked".*?</tr>', visitor.get(answer.headers["Location"]).content.decode(), re.DOTALL)
    assert row is not None
    assert "Shop" in row[0]
    assert "Released" in row[0]


def test_confirming_what_is_not_synchronized_is_refused_with_what_is_left(shop: Application, visitor: Client) -> None:
    record = draft(shop)
    answer = visitor.post(url(record, "confirm/"), follow=True)
    assert "Still to be synchronized: db, web." in answer.content.decode()
    assert TemplateVersion.objects.get().state == "draft"


def test_giving_up_frees_the_number_and_keeps_the_record(shop: Application, visitor: Client) -> None:
    record = draft(shop)
    answer = visitor.post(url(record, "cancel/"), follow=True)
    html = answer.content.decode()
    assert "the number 1.0 is free again" in html
    assert "Cancelled" in html
    assert not TemplateVersion.objects.exists()
    assert "Given up" in visitor.get(url(record)).content.decode()


def test_a_failed_line_is_mended_in_the_source_and_tried_again(shop: Application, visitor: Client) -> None:
    shop = edited(shop, changed(WEB_AND_DB, "db", image="Postgres:17"))
    record = synchronized(shop)
    html = visitor.get(url(record)).content.decode()
    assert "capital letters" in html
    assert "1 component could not be synchronized" in html
    assert url(record, "confirm/") not in html
    edited(shop, changed(WEB_AND_DB, "db", image="postgres:17.2"))
    before = draft_of(record).digest
    assert visitor.post(url(record, "retry/"), {"key": "db"}).status_code == 302
    version = TemplateVersion.objects.get()
    assert ProcrastinateJob.objects.filter(task_name="templates_app.synchronize").count() == 1
    synchronize(version)
    line = SyncRecord.objects.get(key="db")
    assert (line.status, line.image, line.attempts, line.error) == ("done", "postgres:17.2", 2, "")
    assert version.digest != before
    assert SyncRecord.objects.get(key="web").attempts == 1
    assert visitor.post(url(record, "confirm/")).status_code == 302
    assert TemplateVersion.objects.get().is_released


def test_trying_again_what_is_not_mended_fails_again(shop: Application, visitor: Client) -> None:
    record = synchronized(edited(shop, changed(WEB_AND_DB, "db", image=None)))
    visitor.post(url(record, "retry/"))
    assert SyncRecord.objects.get(key="db").status == "waiting"
    synchronize(TemplateVersion.objects.get())
    assert SyncRecord.objects.get(key="db").status == "failed"


def test_trying_again_brings_in_no_credential(shop: Application, visitor: Client) -> None:
    shop = edited(shop, changed(WEB_AND_DB, "db", image=None))
    record = synchronized(shop)
    edited(shop, changed(WEB_AND_DB, "db", env={"POSTGRES_PASSWORD": "tr0ub4dor-3"}))
    answer = visitor.post(url(record, "retry/"), follow=True)
    assert "looks like a credential" in answer.content.decode()
    assert "tr0ub4dor-3" not in str(TemplateVersion.objects.get().document)


def test_it_outlives_the_application(shop: Application, visitor: Client) -> None:
    record = synchronized(shop)
    shop.delete()
    assert visitor.get(url(record)).status_code == 200
    answer = visitor.post(url(record, "confirm/"))
    assert answer.headers["Location"] == "/templates/shop/versions/1.0/"


def test_queries_do_not_grow_with_components_or_records(team: Team, visitor: Client) -> None:
    counts = []
    for number in (2, 12):
        application = source(
            team,
            spec(**{f"c{other_number}": {"image": f"c:{other_number}"} for other_number in range(number)}),
            slug=f"app-{number}",
        )
        template = AppTemplateFactory.create(team=team)
        for item in range(number):
            released(application, f"1.{item}", template=template)
            application = edited(application, changed(application.desired_spec(), "c0", image=f"c:new{item}"))
        record = draft(application, "2.0", template=template)
        with CaptureQueriesContext(connection) as sync:
            visitor.get(url(record))
        with CaptureQueriesContext(connection) as listed:
            visitor.get(f"/apps/app-{number}/releases/")
        counts.append((len(sync), len(listed)))
    assert counts[0] == counts[1]
