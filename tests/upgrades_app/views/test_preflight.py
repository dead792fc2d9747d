"""What the target says to a plan, while the details are looked at; and how bringing things is shown."""

import re

import pytest
from django.urls import reverse

from apps_app.drivers.base import Taken, Thing
from apps_app.drivers.memory import MemoryTarget
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application
from config.accounts.models import Team, User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.upgrades_app.road import ADA, installed, memory_target, plan_of, released, template
from tests.upgrades_app.views.pages import HTMX, details, text_of
from upgrades_app.actions.confirm import confirm
from upgrades_app.actions.execute_upgrade import run
from upgrades_app.actions.save_plan import store
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status
from upgrades_app.presenters.progress_view import live_of
from upgrades_app.queries.port_conflicts import taken_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


@pytest.fixture
def newer(team: Team) -> TemplateVersion:
    shop = template(team)
    released(shop, "1.0", WEB_AND_DB)
    return released(shop, "1.1", WITH_REDIS)


@pytest.fixture
def copy(newer: TemplateVersion, team: Team, name: str) -> Application:
    return installed(newer.template.versions.get(version="1.0"), memory_target(team, name))


@pytest.fixture
def target(copy: Application, name: str) -> MemoryTarget:
    return target_in_memory(name)


def asked(client: SignedIn, copy: Application) -> str:
    page = client.get(details(copy)).content.decode()
    url = re.findall(r'hx-post="([^"]*preflight[^"]*)"', page)[0].replace("&amp;", "&")
    return text_of(client.get(url, headers=HTMX))


def test_objections_and_warnings_are_shown_on_the_details(
    copy: Application, target: MemoryTarget, operator: User
) -> None:
    target.object_to("web", "port 8080 is used by the container legacy; 8081 is free")
    target.warn_of("redis", "the engine's disk has little room left: 500 MB free")
    part = asked(SignedIn(operator), copy)
    assert "port 8080 is used by the container legacy; 8081 is free" in part
    assert "little room left" in part
    assert "While this stands, the upgrade would fail at once" in part
    assert "Nothing stands in the way" not in part
    target.heal()
    assert "Nothing stands in the way" in asked(SignedIn(operator), copy)
    assert target.done("prepare", "apply")[-2:] == [("apply", "db"), ("apply", "web")]


def test_a_planned_record_is_asked_about_too(
    copy: Application, newer: TemplateVersion, target: MemoryTarget, operator: User, stranger: User
) -> None:
    target.object_to("redis", "there is no image redis:8")
    record = store(plan_of(copy, newer), ADA)
    url = reverse("upgrades:record-preflight", args=[record.pk])
    assert url in SignedIn(operator).get(record.get_absolute_url()).content.decode()
    assert "there is no image redis:8" in text_of(SignedIn(operator).get(url))
    assert SignedIn(stranger).get(url).status_code == 404


def test_nothing_is_asked_any_more_once_a_plan_was_confirmed(
    copy: Application, newer: TemplateVersion, target: MemoryTarget, operator: User
) -> None:
    record = store(plan_of(copy, newer), ADA)
    UpgradeRecord.objects.filter(pk=record.pk).update(status=Status.DISCARDED)
    url = reverse("upgrades:record-preflight", args=[record.pk])
    assert SignedIn(operator).get(url, headers=HTMX).status_code == 204
    assert SignedIn(operator).get(url)["Location"] == record.get_absolute_url()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("install", "the install"),
        ("rollback", "going back"),
        ("change", "the change"),
        ("uninstall", "the uninstall"),
    ],
)
def test_what_would_fail_is_named(
    copy: Application, newer: TemplateVersion, target: MemoryTarget, operator: User, kind: str, said: str
) -> None:
    target.object_to("redis", "there is no image redis:8")
    record = store(plan_of(copy, newer), ADA)
    UpgradeRecord.objects.filter(pk=record.pk).update(kind=kind, plan={**record.plan, "kind": kind})
    part = text_of(SignedIn(operator).get(reverse("upgrades:record-preflight", args=[record.pk])))
    assert f"While this stands, {said} would fail at once, and nothing would be changed." in part


def test_a_plan_of_another_uplift_is_said_to_be_unreadable(
    copy: Application, newer: TemplateVersion, operator: User
) -> None:
    record = store(plan_of(copy, newer), ADA)
    UpgradeRecord.objects.filter(pk=record.pk).update(plan={"written": "otherwise"})
    url = reverse("upgrades:record-preflight", args=[record.pk])
    assert "written by another version of Uplift" in text_of(SignedIn(operator).get(url))


def test_there_is_no_other_plan_to_ask_about(copy: Application, operator: User, stranger: User) -> None:
    url = reverse("upgrades:preflight", args=[copy.slug])
    assert SignedIn(operator).get(url, {"kind": "install"}).status_code == 404
    assert SignedIn(operator).get(url, {"kind": "upgrade", "to": "7.7"}).status_code == 404
    assert SignedIn(stranger).get(url).status_code == 404


def test_what_was_brought_is_told_once_and_tries_are_counted(
    copy: Application, newer: TemplateVersion, target: MemoryTarget
) -> None:
    target.must_bring("web", 4_000_000)
    target.fail("prepare", "redis", permanent=False, message="the registry is busy")
    record = store(plan_of(copy, newer), ADA)
    run(confirm(record, ADA, digest=record.digest).pk)
    record = UpgradeRecord.objects.get(pk=record.pk)
    described = [line.text for line in live_of(record).events]
    assert record.succeeded, record.result
    assert [line for line in described if "pulling" in line] == []
    assert [line for line in described if "is on the target" in line] == ["web: shop/web:1.0 is on the target"]
    assert record.steps.get(key="redis").attempt == 2
    assert record.steps.get(key="web").attempt == 1


def test_how_far_it_is_stands_in_the_headline(copy: Application, newer: TemplateVersion, target: MemoryTarget) -> None:
    target.must_bring("web", 4_000_000)
    record = store(plan_of(copy, newer), ADA)
    confirm(record, ADA, digest=record.digest)
    observed: list[str] = []

    def look() -> bool:
        observed.append(live_of(UpgradeRecord.objects.get(pk=record.pk)).sentence)
        return False

    run(record.pk, control=look)
    assert "web: pulling shop/web:1.0: 2.0 MB of 4.0 MB. Nothing has been changed yet." in observed


def test_ports_of_strangers_count_as_taken(copy: Application, target: MemoryTarget) -> None:
    target.taken += [
        Taken(Thing.PORT, "9090/tcp", "the container legacy"),
        Taken(Thing.PORT, "127.0.0.1:9091/udp", "the container old"),
        Taken(Thing.NAME, "legacy", "the container legacy"),
    ]
    assert copy.target is not None
    allocation = taken_on(copy.target)
    assert allocation.free(9090, "tcp") == 9091
    assert allocation.free(9091, "udp") == 9092
