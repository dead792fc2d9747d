"""A stuck record has a way out, by whoever answers for the team, and only while no worker runs it."""

from collections.abc import Iterator
from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connection

from apps_app.drivers.memory import ProcessDied
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, ApplicationLock
from config.accounts.access.actor import Actor, Forbidden
from config.accounts.models import AuditEntry, User
from config.errors import OperationRefused
from templates_app.models import TemplateVersion
from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.upgrades_app.upgrade_helpers import ADA, fresh, plan_of, upgraded
from upgrades_app.actions.execute_upgrade import execute_upgrade, lock_record
from upgrades_app.actions.mark_interrupted import ROLLED_BACK, UNCHANGED, mark_interrupted
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


def test_one_that_never_began_has_changed_nothing(copy: Application, queued: UpgradeRecord, owner: User) -> None:
    record = mark_interrupted(queued, Actor.from_user(owner), reason="the worker is gone")
    assert (record.status, record.result) == ("failed", UNCHANGED)
    assert record.ended_at is not None
    assert not ApplicationLock.objects.exists()
    assert fresh(copy).desired_spec() == WEB_AND_DB
    assert not copy.components.filter(applied_unknown=True).exists()
    assert record.events.get().text == "Marked as interrupted by owner: the worker is gone"
    entry = AuditEntry.objects.for_object(record).get(verb="marked as interrupted")
    assert (entry.user, entry.data) == (owner, {"reason": "the worker is gone"})


def test_what_it_had_begun_is_unknown_and_applied_by_the_next_plan(
    copy: Application, queued: UpgradeRecord, newer: TemplateVersion, name: str
) -> None:
    target_in_memory(name).die("apply", "web", after=True)
    with pytest.raises(ProcessDied):
        execute_upgrade(queued.pk)
    record = mark_interrupted(queued, ADA)
    assert record.status == "rollback_failed"
    assert "the state of redis and web on the target is unknown" in record.result
    assert "the target is" in record.result
    assert set(copy.components.filter(applied_unknown=True).values_list("key", flat=True)) == {"redis", "web"}
    assert fresh(copy).desired_spec() == WEB_AND_DB
    assert not ApplicationLock.objects.exists()
    repeated = upgraded(copy, newer)
    assert repeated.succeeded, repeated.result
    assert fresh(copy).applied_spec() == WITH_REDIS
    assert target_in_memory(name).parts(str(copy.uid)).keys() == {"web", "db", "redis"}


def test_a_way_back_with_nothing_left_to_undo_is_restored(queued: UpgradeRecord) -> None:
    UpgradeRecord.objects.filter(pk=queued.pk).update(status="rolling_back", attempt=1)
    record = mark_interrupted(queued, ADA)
    assert (record.status, record.result) == ("rolled_back", ROLLED_BACK)


def test_what_has_ended_or_never_was_confirmed_is_let_be(copy: Application, newer: TemplateVersion) -> None:
    planned = save_plan(plan_of(copy, newer), ADA)
    with pytest.raises(OperationRefused, match="is planned and cannot be interrupted"):
        mark_interrupted(planned, ADA)
    ended = upgraded(copy, newer)
    with pytest.raises(OperationRefused, match=r"Upgrade 1\.0 → 1\.1 of Copy is succeeded and cannot be interrupted\."):
        mark_interrupted(ended, ADA)


def test_it_takes_an_owner(queued: UpgradeRecord, publisher: User) -> None:
    with pytest.raises(Forbidden, match="owner"):
        mark_interrupted(queued, Actor.from_user(publisher))
    queued.refresh_from_db()
    assert queued.status == "queued"


def test_the_worker_that_comes_later_lets_it_be(queued: UpgradeRecord) -> None:
    mark_interrupted(queued, ADA)
    assert execute_upgrade(queued.pk).result == UNCHANGED


@pytest.fixture
def worker(queued: UpgradeRecord) -> Iterator[None]:
    """Somebody else who runs the record, on a connection of managed by the application."""
    holding, enough = Signal(), Signal()

    def hold() -> None:
        with lock_record(queued.pk):
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
    with pytest.raises(OperationRefused, match="is already running in another process"):
        mark_interrupted(queued, ADA)
    queued.refresh_from_db()
    assert queued.status == "queued"
    assert ApplicationLock.objects.exists()
