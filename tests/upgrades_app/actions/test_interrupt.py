"""A stuck record has a way out, by whoever answers for the team, and only while no worker runs it."""

from collections.abc import Iterator
from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connection

from apps_app.drivers.memory import Died
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Busy
from config.accounts.access.actor import Actor, Forbidden
from config.accounts.models import AuditEntry, User
from config.errors import Refused
from templates_app.models import TemplateVersion
from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.upgrades_app.road import ADA, fresh, plan_of, upgraded
from upgrades_app.actions.execute_upgrade import alone, run
from upgrades_app.actions.mark_interrupted import RESTORED, UNTOUCHED, interrupt
from upgrades_app.actions.save_plan import store
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


def test_one_that_never_began_has_changed_nothing(copy: Application, queued: UpgradeRecord, owner: User) -> None:
    record = interrupt(queued, Actor.of(owner), reason="the worker is gone")
    assert (record.status, record.result) == ("failed", UNTOUCHED)
    assert record.ended_at is not None
    assert not Busy.objects.exists()
    assert fresh(copy).desired_spec() == WEB_AND_DB
    assert not copy.components.filter(applied_unknown=True).exists()
    assert record.events.get().text == "Marked as interrupted by owner: the worker is gone"
    entry = AuditEntry.objects.about(record).get(verb="marked as interrupted")
    assert (entry.user, entry.data) == (owner, {"reason": "the worker is gone"})


def test_what_it_had_begun_is_unknown_and_applied_by_the_next_plan(
    copy: Application, queued: UpgradeRecord, newer: TemplateVersion, name: str
) -> None:
    target_in_memory(name).die("apply", "web", after=True)
    with pytest.raises(Died):
        run(queued.pk)
    record = interrupt(queued, ADA)
    assert record.status == "rollback_failed"
    assert "it is not known how redis and web stand on the target" in record.result
    assert "the next plan applies" in record.result
    assert set(copy.components.filter(applied_unknown=True).values_list("key", flat=True)) == {"redis", "web"}
    assert fresh(copy).desired_spec() == WEB_AND_DB
    assert not Busy.objects.exists()
    repeated = upgraded(copy, newer)
    assert repeated.succeeded, repeated.result
    assert fresh(copy).applied_spec() == WITH_REDIS
    assert target_in_memory(name).parts(str(copy.uid)).keys() == {"web", "db", "redis"}


def test_a_way_back_with_nothing_left_to_undo_is_restored(queued: UpgradeRecord) -> None:
    UpgradeRecord.objects.filter(pk=queued.pk).update(status="rolling_back", attempt=1)
    record = interrupt(queued, ADA)
    assert (record.status, record.result) == ("rolled_back", RESTORED)


def test_what_has_ended_or_never_was_confirmed_is_let_be(copy: Application, newer: TemplateVersion) -> None:
    planned = store(plan_of(copy, newer), ADA)
    with pytest.raises(Refused, match="is planned: there is nothing to interrupt"):
        interrupt(planned, ADA)
    ended = upgraded(copy, newer)
    with pytest.raises(Refused, match="is succeeded: there is nothing to interrupt"):
        interrupt(ended, ADA)


def test_it_takes_an_owner(queued: UpgradeRecord, publisher: User) -> None:
    with pytest.raises(Forbidden, match="owner"):
        interrupt(queued, Actor.of(publisher))
    queued.refresh_from_db()
    assert queued.status == "queued"


def test_the_worker_that_comes_later_lets_it_be(queued: UpgradeRecord) -> None:
    interrupt(queued, ADA)
    assert run(queued.pk).result == UNTOUCHED


@pytest.fixture
def worker(queued: UpgradeRecord) -> Iterator[None]:
    """Somebody else who runs the record, on a connection of its own."""
    holding, enough = Signal(), Signal()

    def hold() -> None:
        with alone(queued.pk):
            holding.set()
            enough.wait(10)
        connection.close()

    thread = Thread(target=hold)
    thread.start()
    assert holding.wait(10)
    yield
    enough.set()
    thread.join()


def test_one_that_is_at_work_is_not_interrupted(queued: UpgradeRecord, worker: None) -> None:
    with pytest.raises(Refused, match="is being run by another process"):
        interrupt(queued, ADA)
    queued.refresh_from_db()
    assert queued.status == "queued"
    assert Busy.objects.exists()
