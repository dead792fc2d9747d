"""A worker dies in the middle; the next one ends what it began, at the step it was in."""

import pytest

from apps_app.drivers.memory import ProcessDied
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, ApplicationLock
from config.errors import OperationRefused
from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.upgrades_app.upgrade_helpers import fresh
from upgrades_app.actions.execute_upgrade import build_run, execute_upgrade, list_orphaned_records
from upgrades_app.engine.execution.run import EventKind, RunEvent
from upgrades_app.execution.recorder import AttemptSuperseded, RunRecorder
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("verb", "key"), [("apply", "redis"), ("apply", "web"), ("gate", "web"), ("finish", "")])
def test_it_is_ended_by_the_next_worker(
    copy: Application, queued: UpgradeRecord, name: str, verb: str, key: str, *, after: bool
) -> None:
    target = target_in_memory(name)
    target.die(verb, key, after=after)  # type: ignore[arg-type]  # one of its verbs
    with pytest.raises(ProcessDied):
        execute_upgrade(queued.pk)
    queued.refresh_from_db()
    assert queued.status == "running"
    assert list_orphaned_records() == [queued.pk]
    record = execute_upgrade(queued.pk)
    assert record.succeeded, record.result
    assert record.attempt == 2
    assert fresh(copy).applied_spec() == WITH_REDIS
    assert not ApplicationLock.objects.exists()
    assert target.parts(str(copy.uid)).keys() == {"web", "db", "redis"}
    described = [event.text for event in record.events.order_by("pk") if event.text.startswith("Resumed")]
    assert len(described) == 1
    assert described[0].startswith("Resumed by another worker because its worker stopped, ")
    assert described[0].endswith(" s after the last event (attempt 2)")


def test_a_way_back_that_was_cut_off_goes_on_back(copy: Application, queued: UpgradeRecord, name: str) -> None:
    target = target_in_memory(name)
    target.fail("apply", "web", message="the disk is full")
    target.die("remove", "redis")
    with pytest.raises(ProcessDied):
        execute_upgrade(queued.pk)
    record = execute_upgrade(queued.pk)
    assert record.status == "rolled_back", record.result
    assert fresh(copy).applied_spec() == WEB_AND_DB
    assert target.parts(str(copy.uid)).keys() == {"web", "db"}


def test_a_worker_that_was_overtaken_writes_nothing_more(queued: UpgradeRecord, name: str) -> None:
    target_in_memory(name).die("apply", "redis")
    with pytest.raises(ProcessDied):
        execute_upgrade(queued.pk)
    late = UpgradeRecord.objects.select_related("application").get(pk=queued.pk)
    execute_upgrade(queued.pk)
    events = queued.events.count()
    with pytest.raises(AttemptSuperseded):
        RunRecorder(late, build_run(late))(RunEvent(EventKind.NOTED, "too late"))
    assert queued.events.count() == events


def test_what_has_ended_is_not_run_again(queued: UpgradeRecord) -> None:
    assert execute_upgrade(queued.pk).succeeded
    events = queued.events.count()
    assert not queued.events.filter(text__startswith="Taken up").exists()
    assert execute_upgrade(queued.pk).succeeded
    assert queued.events.count() == events


def test_a_record_that_does_not_exist_is_an_error() -> None:
    with pytest.raises((OperationRefused, UpgradeRecord.DoesNotExist)):
        execute_upgrade(987654)
