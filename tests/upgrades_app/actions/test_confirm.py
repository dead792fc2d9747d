"""The yes: who asks the target and when, and what somebody hears who comes second."""

from collections.abc import Iterator, Mapping

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps_app.drivers.base import Observed, Placement
from apps_app.drivers.memory import MemoryDriver
from apps_app.models import Application, Busy
from config.accounts.access.actor import Actor
from config.errors import Refused
from templates_app.models import TemplateVersion
from tests.specs import WEB_AND_DB, changed
from tests.upgrades_app.road import (
    ADA,
    carried_out,
    plan_of,
)
from upgrades_app.actions.confirm import Moved, confirm
from upgrades_app.actions.execute_upgrade import claim, run, run_of
from upgrades_app.actions.save_plan import store
from upgrades_app.commands.options import Switches
from upgrades_app.commands.planning import confirmed
from upgrades_app.engine.execution.run import Event, EventKind
from upgrades_app.execution.recorder import OutOfOrder, Recorder, prepare_steps
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db
BOB = Actor.system("bob")


@pytest.fixture
def writes_before_asking(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """For every look at the target: the queries before it that lock or write rows."""
    result: list[list[str]] = []
    read = MemoryDriver.read

    def watched(driver: MemoryDriver, app: Placement) -> Mapping[str, Observed]:
        sent = [captured_query["sql"] for captured_query in queries.captured_queries]
        result.append([sql for sql in sent if "FOR UPDATE" in sql or sql.startswith(("INSERT", "UPDATE"))])
        return read(driver, app)

    monkeypatch.setattr(MemoryDriver, "read", watched)
    with CaptureQueriesContext(connection) as queries:
        yield result


def test_the_target_is_asked_before_anything_is_locked(
    copy: Application, newer: TemplateVersion, request: pytest.FixtureRequest
) -> None:
    record = store(plan_of(copy, newer), ADA)
    result = request.getfixturevalue("writes_before_asking")
    confirm(record, ADA, digest=record.digest)
    assert result == [[]]


def test_so_it_is_for_a_command_that_stores_and_confirms_at_once(
    copy: Application, newer: TemplateVersion, request: pytest.FixtureRequest
) -> None:
    proposal = plan_of(copy, newer)
    result = request.getfixturevalue("writes_before_asking")
    confirmed(proposal, ADA, Switches())
    assert result == [[]]


def test_what_changed_between_the_look_and_the_lock_is_seen(
    copy: Application, newer: TemplateVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = store(plan_of(copy, newer), ADA)
    read = MemoryDriver.read

    def meanwhile(driver: MemoryDriver, app: Placement) -> Mapping[str, Observed]:
        row = copy.components.get(key="web")
        row.desired = changed(WEB_AND_DB, "web", user="app").components["web"].plain
        row.revision += 1
        row.save()
        return read(driver, app)

    monkeypatch.setattr(MemoryDriver, "read", meanwhile)
    with pytest.raises(Moved):
        confirm(record, ADA, digest=record.digest)
    assert not Busy.objects.exists()


def test_somebody_who_was_slower_hears_who_was_quicker(copy: Application, newer: TemplateVersion) -> None:
    first, second = store(plan_of(copy, newer), ADA), store(plan_of(copy, newer), BOB)
    assert carried_out(first).succeeded
    with pytest.raises(Refused) as refused:
        confirm(second, BOB, digest=second.digest)
    assert refused.value.sentence == "ada confirmed “Upgrade 1.0 → 1.1” instead of this plan."
    assert refused.value.url == first.get_absolute_url()


def test_a_second_yes_to_the_same_plan_hears_how_it_stands(copy: Application, newer: TemplateVersion) -> None:
    record = store(plan_of(copy, newer), ADA)
    assert carried_out(record).succeeded
    with pytest.raises(Refused) as refused:
        confirm(record, BOB, digest=record.digest)
    assert refused.value.sentence == "This plan is succeeded already."
    assert refused.value.url == record.get_absolute_url()


def test_a_plan_that_moved_for_another_reason_says_no_such_thing(copy: Application, newer: TemplateVersion) -> None:
    record = store(plan_of(copy, newer), ADA)
    copy.components.filter(key="web").update(revision=7)
    with pytest.raises(Moved):
        confirm(record, ADA, digest=record.digest)


class TestAPlanThatCannotBeRead:
    """Another version of Uplift wrote it."""

    def spoil(self, record: UpgradeRecord) -> UpgradeRecord:
        UpgradeRecord.objects.filter(pk=record.pk).update(plan={"steps": [{"verb": "dance"}]})
        return UpgradeRecord.objects.get(pk=record.pk)

    def test_it_is_not_confirmed(self, copy: Application, newer: TemplateVersion) -> None:
        record = self.spoil(store(plan_of(copy, newer), ADA))
        with pytest.raises(Refused, match="another version of Uplift"):
            confirm(record, ADA, digest=record.digest)

    def test_a_queued_one_ends_as_failed_and_frees_the_application(
        self, copy: Application, newer: TemplateVersion
    ) -> None:
        record = store(plan_of(copy, newer), ADA)
        confirm(record, ADA, digest=record.digest)
        ended = run(self.spoil(record).pk)
        assert (ended.status, ended.attempt) == ("failed", 1)
        assert ended.result == (
            "Failed, nothing was changed: the stored plan was written by another version of Uplift and cannot be "
            "read; plan it again"
        )
        assert not Busy.objects.exists()
        assert plan_of(copy, newer).plan.state == "ready"

    def test_one_in_the_middle_says_what_nobody_knows_and_keeps_its_events(
        self, copy: Application, newer: TemplateVersion
    ) -> None:
        record = store(plan_of(copy, newer), ADA)
        confirm(record, ADA, digest=record.digest)
        stops = iter([False, False, True])
        with pytest.raises(Exception, match=r"^$"):
            run(record.pk, control=lambda: next(stops))
        events = list(record.events.values_list("pk", flat=True))
        assert events
        ended = run(self.spoil(record).pk)
        assert ended.status == "rollback_failed"
        assert "redis" in ended.result
        assert list(record.events.filter(pk__in=events).values_list("pk", flat=True)) == events
        assert record.events.count() > len(events)
        assert copy.components.get(key="redis").applied_unknown
        assert not Busy.objects.exists()


def test_a_step_becomes_nothing_that_it_cannot_become(copy: Application, newer: TemplateVersion) -> None:
    record = store(plan_of(copy, newer), ADA)
    confirm(record, ADA, digest=record.digest)
    mine = claim(record.pk)
    assert mine is not None
    prepare_steps(mine)
    report = Recorder(mine, run_of(mine))
    (first, *_) = mine.steps.all()
    with pytest.raises(OutOfOrder, match="is waiting and cannot become undone"), transaction.atomic():
        report(Event(EventKind.UNDONE, "it is back", first.position))
    assert not mine.events.exists()
    assert mine.steps.get(pk=first.pk).status == "waiting"
