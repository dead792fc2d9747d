"""A stop takes its time: nobody waits for it in a web request, and a death in it leaves a trail and blocks nobody."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.urls import reverse

from apps_app.actions.locks import alone, forget_forsaken, lock
from apps_app.actions.power_components import Power, power
from apps_app.actions.save_target import refuse_at_work
from apps_app.drivers.memory import MemorySession
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Busy
from apps_app.presenters.component_status import with_state
from config.accounts.models import AuditEntry, Team, User
from config.errors import Refused
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB
from tests.upgrades_app.road import ADA, installed, memory_target, released, template
from upgrades_app.tasks import take_up_records

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(team: Team, request: pytest.FixtureRequest) -> Application:
    return installed(released(template(team), "1.0", WEB_AND_DB), memory_target(team, str(request.node.name)))


def elsewhere[T](work: Callable[[], T]) -> T:
    """As another process would: over a connection of its own."""

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
            lock(shop)
    except Refused as refused:
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
    assert power(shop, ADA, Power.STOP) == ("web", "db")
    assert len(data) == 2
    assert all(f"Stop of all of {shop} is at work, begun by {ADA.name}" in name for name in data), data
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
        power(shop, ADA, Power.STOP, key="web")
    assert trail() == ["began to stop", "tried to stop"]
    assert not Busy.objects.exists()


def test_what_a_dead_process_left_blocks_nobody(shop: Application) -> None:
    assert shop.target is not None
    Busy.objects.create(application=shop, label=f"Stop of all of {shop}", url=shop.get_absolute_url(), by="bob")
    with alone(shop):
        assert "is at work, begun by bob" in elsewhere(lambda: refusal(shop))
        with pytest.raises(Refused, match="is at work on"):
            refuse_at_work(shop.target)
        with pytest.raises(Refused, match="begun by bob"):
            elsewhere(lambda: power(shop, ADA, Power.STOP))
    refuse_at_work(shop.target)
    assert refusal(shop) == ""
    assert not Busy.objects.exists()
    assert power(shop, ADA, Power.STOP) == ("web", "db")
    assert target_in_memory(str(shop.target.config["name"])).done("stop") == [("stop", "web"), ("stop", "db")]


def test_what_a_record_left_stays_until_the_record_ends(shop: Application) -> None:
    Busy.objects.create(application=shop, record_id=1, label="Upgrade 1.0 → 1.1", url="/upgrades/1/", by="bob")
    assert "Upgrade 1.0 → 1.1 is at work" in refusal(shop)
    assert Busy.objects.exists()


def test_no_page_shows_what_a_dead_process_left_and_a_worker_sweeps_it_away(shop: Application, operator: User) -> None:
    Busy.objects.create(application=shop, label=f"Stop of all of {shop}", url=shop.get_absolute_url(), by="bob")
    pages = [shop.get_absolute_url(), reverse("upgrades:manage", args=[shop.slug])]
    client = SignedIn(operator)

    def shown() -> list[bool]:
        data = [b"begun by bob" in client.get(page).content for page in pages]
        return [*data, with_state(Application.objects.all()).get().state == "busy"]  # type: ignore[attr-defined]  # annotated

    with alone(shop):
        assert all(shown())
        assert forget_forsaken() == 0
    assert not any(shown())
    assert Busy.objects.exists(), "a page changes nothing"
    take_up_records(0)
    assert not Busy.objects.exists()


def test_what_a_record_left_is_not_swept_away(shop: Application) -> None:
    Busy.objects.create(application=shop, record_id=1, label="Upgrade 1.0 → 1.1", url="/upgrades/1/", by="bob")
    assert forget_forsaken() == 0
    assert Busy.objects.at_work().exists()


@pytest.mark.parametrize("verb", [Power.START, Power.STOP, Power.RESTART])
def test_what_is_missing_is_said_and_the_rest_is_done(shop: Application, verb: Power) -> None:
    assert shop.target is not None
    target = target_in_memory(str(shop.target.config["name"]))
    target.take_away(str(shop.uid), "web")
    with pytest.raises(Refused) as refused:
        power(shop, ADA, verb)
    assert refused.value.sentence == (
        f"web is missing on the target, so it was not {verb.done}; put it back. {verb.done.capitalize()}: db."
    )
    assert refused.value.url == reverse("upgrades:put-back", args=[shop.slug, "web"])
    assert target.done(verb.value) == [(verb.value, "db")]
    assert AuditEntry.objects.filter(verb=verb.done, data__missing=["web"]).count() == 1


def test_one_that_is_missing_is_not_started(shop: Application) -> None:
    assert shop.target is not None
    target = target_in_memory(str(shop.target.config["name"]))
    target.take_away(str(shop.uid), "web")
    with pytest.raises(Refused, match="web is missing on the target, so it was not started; put it back."):
        power(shop, ADA, Power.START, key="web")
    assert target.done("start") == []
