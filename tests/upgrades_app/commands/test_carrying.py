"""A record in this process: told, stopped between two steps, and waited for where a worker was quicker."""

import os
import signal

import pytest

from apps_app.drivers.memory import Died, MemoryTarget
from apps_app.models import Target
from config.commands import Failed
from config.errors import Refused
from templates_app.models import TemplateVersion
from tests.upgrades_app.road import ADA, fresh, installed, plan_of
from upgrades_app.actions.confirm import confirm
from upgrades_app.actions.execute_upgrade import run
from upgrades_app.actions.save_plan import store
from upgrades_app.commands import follow_run
from upgrades_app.commands.follow_run import carry_out
from upgrades_app.engine.execution.run import Control
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(first: TemplateVersion, second: TemplateVersion, engine: Target) -> UpgradeRecord:
    record = store(plan_of(installed(first, engine), second), ADA)
    return confirm(record, ADA, digest=record.digest)


def test_what_happens_is_told_once_and_in_order(queued: UpgradeRecord) -> None:
    described: list[str] = []
    assert carry_out(queued, described.append).succeeded
    assert [line[4:] for line in described] == list(queued.events.order_by("pk").values_list("text", flat=True))
    assert "  … redis is created" in described
    assert "  ✓ redis is created" in described


def test_the_first_signal_stops_between_two_steps(queued: UpgradeRecord) -> None:
    before = signal.getsignal(signal.SIGINT)

    def interrupt(line: str) -> None:
        if len(described) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        described.append(line)

    described: list[str] = []
    with pytest.raises(Failed, match="Stopped between two steps") as stopped:
        carry_out(queued, interrupt)
    assert stopped.value.details["record"] == queued.pk
    assert signal.getsignal(signal.SIGINT) is before
    queued.refresh_from_db()
    assert queued.status == "running"
    assert "running" not in queued.steps.values_list("status", flat=True)
    assert carry_out(queued, described.append).succeeded


def test_a_worker_that_was_quicker_is_waited_for(queued: UpgradeRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def busy_twice(record_id: int, control: Control) -> UpgradeRecord:
        tries.append(record_id)
        if len(tries) < 3:
            raise Refused(f"Record {record_id} is being run by another process.")
        return run(record_id, control=control)

    monkeypatch.setattr(follow_run, "run", busy_twice)
    monkeypatch.setattr(follow_run, "PAUSE", 0)
    assert carry_out(queued, lambda line: None).succeeded
    assert tries == [queued.pk] * 3


def test_one_who_waits_can_be_stopped(queued: UpgradeRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(record_id: int, control: Control) -> UpgradeRecord:
        os.kill(os.getpid(), signal.SIGTERM)
        raise Refused(f"Record {record_id} is being run by another process.")

    monkeypatch.setattr(follow_run, "run", busy)
    with pytest.raises(Failed):
        carry_out(queued, lambda line: None)


def test_what_a_killed_process_left_is_gone_on_with(queued: UpgradeRecord, pretended: MemoryTarget) -> None:
    pretended.die("apply", "web")
    with pytest.raises(Died):
        carry_out(queued, lambda line: None)
    assert carry_out(queued, lambda line: None).succeeded
    assert "redis" in fresh(queued.subject).applied_spec().components
