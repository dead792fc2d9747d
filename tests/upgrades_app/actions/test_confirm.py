"""The yes: who asks the target and when, and what somebody hears who comes second."""

from collections.abc import Iterator, Mapping

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps_app.drivers.base import ObservedComponent, Placement
from apps_app.drivers.memory import MemoryDriver
from apps_app.models import Application, ApplicationLock
from config.accounts.access.actor import Actor
from config.errors import OperationRefused
from templates_app.models import TemplateVersion
from tests.specs import WEB_AND_DB, changed
from tests.upgrades_app.upgrade_helpers import ADA, carried_out, plan_of
from upgrades_app.actions.confirm import StalePlan, confirm_plan
from upgrades_app.actions.execute_upgrade import build_run, claim_attempt, execute_upgrade
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.commands.options import UpgradeOptions
from upgrades_app.commands.planning import save_and_confirm
from upgrades_app.engine.execution.run import EventKind, RunEvent
from upgrades_app.execution.recorder import InvalidTransition, RunRecorder, create_steps
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db
BOB = Actor.system("bob")


@pytest.fixture
def writes_before_asking(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """For every look at the target: the queries before it that lock or write rows."""
    result: list[list[str]] = []
    read = MemoryDriver.read

    def watched(driver: MemoryDriver, app: Placement) -> Mapping[str, ObservedComponent]:
        sent = [captured_query["sql"] for captured_query in queries.captured_queries]
        result.append([sql for sql in sent if "FOR UPDATE" in sql or sql.startswith(("INSERT", "UPDATE"))])
        return read(driver, app)

    monkeypatch.setattr(MemoryDriver, "read", watched)
    with CaptureQueriesContext(connection) as queries:
        yield result


def test_the_target_is_asked_before_anything_is_locked(
    copy: Application, newer: TemplateVersion, request: pytest.FixtureRequest
) -> None:
    record = save_plan(plan_of(copy, newer), ADA)
    result = request.getfixturevalue("writes_before_asking")
    confirm_plan(record, ADA, digest=record.digest)
    assert result == [[]]


def test_so_it_is_for_a_command_that_stores_and_confirms_at_once(
    copy: Application, newer: TemplateVersion, request: pytest.FixtureRequest
) -> None:
    proposal = plan_of(copy, newer)
    result = request.getfixturevalue("writes_before_asking")
    save_and_confirm(proposal, ADA, UpgradeOptions())
    assert result == [[]]


def test_what_changed_between_the_look_and_the_lock_is_seen(
    copy: Application, newer: TemplateVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = save_plan(plan_of(copy, newer), ADA)
    read = MemoryDriver.read

    def concurrent(driver: MemoryDriver, app: Placement) -> Mapping[str, ObservedComponent]:
        row = copy.components.get(key="web")
        row.desired = changed(WEB_AND_DB, "web", user="app").components["web"].plain
        row.revision += 1
        row.save()
        return read(driver, app)

    monkeypatch.setattr(MemoryDriver, "read", concurrent)
    with pytest.raises(StalePlan):
        confirm_plan(record, ADA, digest=record.digest)
    assert not ApplicationLock.objects.exists()


def test_somebody_who_was_slower_hears_who_was_quicker(copy: Application, newer: TemplateVersion) -> None:
    first, second = save_plan(plan_of(copy, newer), ADA), save_plan(plan_of(copy, newer), BOB)
    assert carried_out(first).succeeded
    with pytest.raises(OperationRefused) as refused:
        confirm_plan(second, BOB, digest=second.digest)
    assert refused.value.sentence == "Superseded by “Upgrade 1.0 → 1.1”, confirmed by ada."
    assert refused.value.url == first.get_absolute_url()


def test_a_second_yes_to_the_same_plan_hears_how_it_stands(copy: Application, newer: TemplateVersion) -> None:
    record = save_plan(plan_of(copy, newer), ADA)
    assert carried_out(record).succeeded
    with pytest.raises(OperationRefused) as refused:
        confirm_plan(record, BOB, digest=record.digest)
    assert refused.value.sentence == "This plan is already succeeded."
    assert refused.value.url == record.get_absolute_url()


def test_a_plan_that_moved_for_another_reason_says_no_such_thing(copy: Application, newer: TemplateVersion) -> None:
    record = save_plan(plan_of(copy, newer), ADA)
    copy.components.filter(key="web").update(revision=7)
    with pytest.raises(StalePlan):
        confirm_plan(record, ADA, digest=record.digest)


class TestAPlanThatCannotBeRead:
    """Another version of Uplift wrote it."""

    def spoil(self, record: UpgradeRecord) -> UpgradeRecord:
        UpgradeRecord.objects.filter(pk=record.pk).update(plan={"steps": [{"verb": "dance"}]})
        return UpgradeRecord.objects.get(pk=record.pk)

    def test_it_is_not_confirmed(self, copy: Application, newer: TemplateVersion) -> None:
        record = self.spoil(save_plan(plan_of(copy, newer), ADA))
        with pytest.raises(OperationRefused, match="another version of Uplift"):
            confirm_plan(record, ADA, digest=record.digest)

    def test_a_queued_one_ends_as_failed_and_frees_the_application(
        self, copy: Application, newer: TemplateVersion
    ) -> None:
        record = save_plan(plan_of(copy, newer), ADA)
        confirm_plan(record, ADA, digest=record.digest)
        ended = execute_upgrade(self.spoil(record).pk)
        assert (ended.status, ended.attempt) == ("failed", 1)
        assert ended.result == (
            "Failed, nothing was changed: the plan was written by another version of Uplift; plan it again"
        )
        assert not ApplicationLock.objects.exists()
        assert plan_of(copy, newer).plan.state == "ready"

    def test_one_in_the_middle_says_what_nobody_knows_and_keeps_its_events(
        self, copy: Application, newer: TemplateVersion
    ) -> None:
        record = save_plan(plan_of(copy, newer), ADA)
        confirm_plan(record, ADA, digest=record.digest)
        stops = iter([False, False, True])
        with pytest.raises(Exception, match=r"^$"):
            execute_upgrade(record.pk, control=lambda: next(stops))
        events = list(record.events.values_list("pk", flat=True))
        assert events
        ended = execute_upgrade(self.spoil(record).pk)
        assert ended.status == "rollback_failed"
        assert "redis" in ended.result
        assert list(record.events.filter(pk__in=events).values_list("pk", flat=True)) == events
        assert record.events.count() > len(events)
        assert copy.components.get(key="redis").applied_unknown
        assert not ApplicationLock.objects.exists()


def test_a_step_becomes_nothing_that_it_cannot_become(copy: Application, newer: TemplateVersion) -> None:
    record = save_plan(plan_of(copy, newer), ADA)
    confirm_plan(record, ADA, digest=record.digest)
    mine = claim_attempt(record.pk)
    assert mine is not None
    create_steps(mine)
    report = RunRecorder(mine, build_run(mine))
    (first, *_) = mine.steps.all()
    with (
        pytest.raises(InvalidTransition, match="step 1 is waiting and cannot become rolled_back"),
        transaction.atomic(),
    ):
        report(RunEvent(EventKind.STEP_ROLLED_BACK, "it is back", first.position))
    assert not mine.events.exists()
    assert mine.steps.get(pk=first.pk).status == "waiting"
