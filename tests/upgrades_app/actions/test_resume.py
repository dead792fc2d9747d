"""A worker dies in the middle; the next one ends what it began, at the step it was in."""

import pytest

from apps_app.drivers.memory import Died
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Busy
from config.errors import Refused
from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.upgrades_app.road import fresh
from upgrades_app.actions.execute_upgrade import abandoned, run, run_of
from upgrades_app.engine.execution.run import Event, EventKind
from upgrades_app.execution.recorder import Recorder, Superseded
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("verb", "key"), [("apply", "redis"), ("apply", "web"), ("gate", "web"), ("finish", "")])
def test_it_is_ended_by_the_next_worker(
    copy: Application, queued: UpgradeRecord, name: str, verb: str, key: str, *, after: bool
) -> None:
    target = target_in_memory(name)
    target.die(verb, key, after=after)  # type: ignore[arg-type]  # one of its verbs
    with pytest.raises(Died):
        run(queued.pk)
    queued.refresh_from_db()
    assert queued.status == "running"
    assert abandoned() == [queued.pk]
    record = run(queued.pk)
    assert record.succeeded, record.result
    assert record.attempt == 2
    assert fresh(copy).applied_spec() == WITH_REDIS
    assert not Busy.objects.exists()
    assert target.parts(str(copy.uid)).keys() == {"web", "db", "redis"}
    described = [event.text for event in record.events.order_by("pk") if event.text.startswith("Taken up again")]
    assert len(described) == 1
    assert described[0].startswith("Taken up again by another worker, since the one that ran it is gone, ")
    assert described[0].endswith(" s after the last event; tried 2 times")


def test_a_way_back_that_was_cut_off_goes_on_back(copy: Application, queued: UpgradeRecord, name: str) -> None:
    target = target_in_memory(name)
    target.fail("apply", "web", message="the disk is full")
    target.die("remove", "redis")
    with pytest.raises(Died):
        run(queued.pk)
    record = run(queued.pk)
    assert record.status == "rolled_back", record.result
    assert fresh(copy).applied_spec() == WEB_AND_DB
    assert target.parts(str(copy.uid)).keys() == {"web", "db"}


def test_a_worker_that_was_overtaken_writes_nothing_more(queued: UpgradeRecord, name: str) -> None:
    target_in_memory(name).die("apply", "redis")
    with pytest.raises(Died):
        run(queued.pk)
    late = UpgradeRecord.objects.select_related("application").get(pk=queued.pk)
    run(queued.pk)
    events = queued.events.count()
    with pytest.raises(Superseded):
        Recorder(late, run_of(late))(Event(EventKind.NOTED, "too late"))
    assert queued.events.count() == events


def test_what_has_ended_is_not_run_again(queued: UpgradeRecord) -> None:
    assert run(queued.pk).succeeded
    events = queued.events.count()
    assert not queued.events.filter(text__startswith="Taken up").exists()
    assert run(queued.pk).succeeded
    assert queued.events.count() == events


def test_a_record_that_does_not_exist_is_an_error() -> None:
    with pytest.raises((Refused, UpgradeRecord.DoesNotExist)):
        run(987654)
