"""A stop takes its time: nobody waits for it in a web request, and a death in it leaves a trail and blocks nobody."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.urls import reverse

from apps_app.actions.locks import exclusive_lock, lock_application, release_stale_locks
from apps_app.actions.power_components import PowerAction, change_power
from apps_app.actions.save_target import check_no_operation
from apps_app.drivers.memory import MemorySession
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, ApplicationLock
from apps_app.presenters.component_status import annotate_state
from config.accounts.models import AuditEntry, Team, User
from config.errors import OperationRefused
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB
from tests.upgrades_app.upgrade_helpers import ADA, installed, memory_target, released, template
from upgrades_app.tasks import resume_orphaned_records

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(team: Team, request: pytest.FixtureRequest) -> Application:
    return installed(released(template(team), "1.0", WEB_AND_DB), memory_target(team, str(request.node.name)))


def elsewhere[T](work: Callable[[], T]) -> T:
    """As another process would: over a connection of managed by the application."""

    def alone_there() -> T:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(alone_there).result()


def refusal(shop: Application) -> str:
    try:
        with transaction.atomic():
            lock_application(shop)
    except OperationRefused as refused:
        return refused.sentence
    return ""


def trail() -> list[str]:
    verbs = AuditEntry.objects.filter(object_type="apps_app.application").order_by("pk").values_list("verb", flat=True)
    return [verb for verb in verbs if verb.endswith(("stop", "stopped"))]


def test_others_are_told_and_do_not_wait_while_it_stops(shop: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    data: list[str] = []

    def stop(session: MemorySession, key: str) -> None:
        data.append(elsewhere(lambda: not_waiting(shop)))

    monkeypatch.setattr(MemorySession, "stop", stop)
    assert change_power(shop, ADA, PowerAction.STOP) == ("web", "db")
    assert len(data) == 2
    assert all(f"Stop of all of {shop} is running, started by {ADA.name}" in name for name in data), data
    assert trail() == ["began to stop", "stopped"]
    assert refusal(shop) == ""


def not_waiting(shop: Application) -> str:
    with transaction.atomic():
        Application.objects.select_for_update(nowait=True).get(pk=shop.pk)
    return refusal(shop)


@pytest.mark.parametrize("fault", [RuntimeError("a bug"), SystemExit(1)])
def test_whatever_is_raised_leaves_a_trail_and_no_mark(
    shop: Application, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def stop(session: MemorySession, key: str) -> None:
        raise fault

    monkeypatch.setattr(MemorySession, "stop", stop)
    with pytest.raises(type(fault)):
        change_power(shop, ADA, PowerAction.STOP, key="web")
    assert trail() == ["began to stop", "tried to stop"]
    assert not ApplicationLock.objects.exists()


def test_what_a_dead_process_left_blocks_nobody(shop: Application) -> None:
    assert shop.target is not None
    ApplicationLock.objects.create(
        application=shop, label=f"Stop of all of {shop}", url=shop.get_absolute_url(), by="bob"
    )
    with exclusive_lock(shop):
        assert "is running, started by bob" in elsewhere(lambda: refusal(shop))
        with pytest.raises(OperationRefused, match=r"Stop of all of Copy of Copy is running on memory\."):
            check_no_operation(shop.target)
        with pytest.raises(OperationRefused, match=r"Stop of all of Copy is running, started by bob just now\."):
            elsewhere(lambda: change_power(shop, ADA, PowerAction.STOP))
    check_no_operation(shop.target)
    assert refusal(shop) == ""
    assert not ApplicationLock.objects.exists()
    assert change_power(shop, ADA, PowerAction.STOP) == ("web", "db")
    assert target_in_memory(str(shop.target.config["name"])).done("stop") == [("stop", "web"), ("stop", "db")]


def test_what_a_record_left_stays_until_the_record_ends(shop: Application) -> None:
    ApplicationLock.objects.create(
        application=shop, record_id=1, label="Upgrade 1.0 → 1.1", url="/upgrades/1/", by="bob"
    )
    assert "Upgrade 1.0 → 1.1 is running, started by" in refusal(shop)
    assert ApplicationLock.objects.exists()


def test_no_page_shows_what_a_dead_process_left_and_a_worker_sweeps_it_away(shop: Application, operator: User) -> None:
    ApplicationLock.objects.create(
        application=shop, label=f"Stop of all of {shop}", url=shop.get_absolute_url(), by="bob"
    )
    pages = [shop.get_absolute_url(), reverse("upgrades:manage", args=[shop.slug])]
    client = SignedIn(operator)

    def shown() -> list[bool]:
        data = [b"begun by bob" in client.get(page).content for page in pages]
        return [*data, annotate_state(Application.objects.all()).get().state == "busy"]  # type: ignore[attr-defined]  # annotated

    with exclusive_lock(shop):
        assert all(shown())
        assert release_stale_locks() == 0
    assert not any(shown())
    assert ApplicationLock.objects.exists(), "a page changes nothing"
    resume_orphaned_records(0)
    assert not ApplicationLock.objects.exists()


def test_what_a_record_left_is_not_swept_away(shop: Application) -> None:
    ApplicationLock.objects.create(
        application=shop, record_id=1, label="Upgrade 1.0 → 1.1", url="/upgrades/1/", by="bob"
    )
    assert release_stale_locks() == 0
    assert ApplicationLock.objects.active().exists()


@pytest.mark.parametrize("verb", [PowerAction.START, PowerAction.STOP, PowerAction.RESTART])
def test_what_is_missing_is_said_and_the_rest_is_done(shop: Application, verb: PowerAction) -> None:
    assert shop.target is not None
    target = target_in_memory(str(shop.target.config["name"]))
    target.take_away(str(shop.uid), "web")
    with pytest.raises(OperationRefused) as refused:
        change_power(shop, ADA, verb)
    assert refused.value.sentence == (
        f"web is missing on the target, so it was not {verb.past_tense}; put it back. "
        f"{verb.past_tense.capitalize()}: db."
    )
    assert refused.value.url == reverse("upgrades:drift-revert", args=[shop.slug, "web"])
    assert target.done(verb.value) == [(verb.value, "db")]
    assert AuditEntry.objects.filter(verb=verb.past_tense, data__missing=["web"]).count() == 1


def test_one_that_is_missing_is_not_started(shop: Application) -> None:
    assert shop.target is not None
    target = target_in_memory(str(shop.target.config["name"]))
    target.take_away(str(shop.uid), "web")
    with pytest.raises(OperationRefused, match="web is missing on the target, so it was not started;"):
        change_power(shop, ADA, PowerAction.START, key="web")
    assert target.done("start") == []
