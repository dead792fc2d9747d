"""The same plans on the git target, which writes everything in one commit or nothing at all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dulwich.repo import Repo

from apps_app.drivers.base import DriverError, Note
from apps_app.drivers.git import GitDriver, session
from apps_app.drivers.git.finalize_commit import settle as settled
from tests.specs import WEB_AND_DB, WITH_REDIS, changed
from tests.upgrades_app.engine.stories import (
    NOTE,
    PASSWORD,
    SALT,
    SHOP,
    NoTime,
    actions,
    install,
    planned,
    questions,
    upgrade,
)
from upgrades_app.engine.execution.apply import apply
from upgrades_app.engine.execution.run import Event, EventKind, Outcome, Run
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.inputs.planning_input import Answers, Side, Situation
from upgrades_app.engine.planning.plan import told

THE_UPGRADE = upgrade(WEB_AND_DB, changed(WITH_REDIS, "db", image="postgres:18"), runs=False)


class Killed(BaseException):
    """Stands for kill -9."""


class Repository:
    """A repository with shop-copy in it, and runs that may be killed after so many events."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.driver = GitDriver(path)
        first = install(WEB_AND_DB, Answers(secrets=PASSWORD), runs=False)
        assert self.go(Run(planned(first), SALT, {}, PASSWORD)).status == "succeeded"

    def go(self, run: Run, killed_after: int = 10_000) -> Outcome:
        self.events: list[Event] = []
        self.statuses: dict[int, StepStatus] = dict(run.statuses)

        def report(event: Event) -> None:
            if event.step is not None and event.status is not None:
                self.statuses[event.step] = event.status
            self.events.append(event)
            if len(self.events) == killed_after:
                raise Killed

        return apply(run, self.driver, SHOP, self.note(run), report, clock=NoTime(), control=lambda: False)

    def note(self, run: Run) -> Note:
        return replace(NOTE, subject=f"{run.plan.kind} {run.plan.digest}")

    def head(self) -> bytes:
        return Repo(str(self.path)).head()

    def files(self) -> dict[str, bytes]:
        folder = self.path / SHOP.slug
        return {
            str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
        }


def run_of(situation: Situation) -> Run:
    return Run(planned(situation), SALT, PASSWORD, PASSWORD)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def test_what_was_written_is_said_with_its_commit(repository: Repository) -> None:
    outcome = repository.go(run_of(THE_UPGRADE))

    assert outcome.reference == repository.head().decode()
    assert outcome.sentence == f"1.1 written as commit {outcome.reference[:7]}"
    assert b"redis:8" in repository.files()["compose.yaml"]
    assert "not checked: this target starts nothing" in {event.text for event in repository.events}


def test_what_was_written_is_read_back_as_applied(repository: Repository) -> None:
    repository.go(run_of(THE_UPGRADE))
    now = Side(planned(THE_UPGRADE).spec, secrets=PASSWORD)
    planning_input = upgrade(
        now.spec, now.spec, desired=now, applied=now, observed=repository.driver.read(SHOP), runs=False
    )

    assert (actions(planned(planning_input)), questions(planned(planning_input))) == ({}, {}), told(
        planned(planning_input)
    )


def test_a_failure_leaves_no_commit(repository: Repository) -> None:
    head, files = repository.head(), repository.files()
    (repository.path / SHOP.slug / "compose.yaml").write_bytes(b"services: {}\n")
    outcome = repository.go(run_of(THE_UPGRADE))
    assert outcome.status == "failed", outcome
    assert "was changed and not committed" in outcome.sentence

    (repository.path / SHOP.slug / "compose.yaml").write_bytes(files["compose.yaml"])
    lock = repository.path / ".git" / "index.lock"
    lock.touch()
    outcome = repository.go(run_of(THE_UPGRADE))
    lock.unlink()
    assert outcome.sentence == "Failed, restored: at 1.0", outcome
    assert (repository.head(), repository.files()) == (head, files)


def settling(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """The commit is made, and what follows it fails so many times."""
    works, failures = settled, iter(range(times))

    def settle(*args: Any) -> None:
        if next(failures, None) is not None:
            raise DriverError("the disk is full; make room", permanent=True)
        works(*args)

    monkeypatch.setattr(session, "settle", settle)


def test_an_end_that_fails_too_late_is_undone_by_another_commit(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, files = repository.head(), repository.files()
    settling(monkeypatch, times=1)
    outcome = repository.go(run_of(THE_UPGRADE))

    assert outcome.sentence == "Failed, restored: at 1.0", outcome
    assert repository.files() == files
    assert repository.head() != head, "the commit that came too late stays in the history"


def test_an_end_that_fails_for_ever_is_not_called_restored(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    settling(monkeypatch, times=100)
    outcome = repository.go(run_of(THE_UPGRADE))

    assert outcome.status == "rollback_failed", outcome
    assert "db not written as it was before" in outcome.sentence, outcome
    assert outcome.error == "the disk is full; make room"


def test_killed_after_any_event_it_ends_the_same(tmp_path: Path) -> None:
    calm = Repository(tmp_path / "calm")
    calm.go(run_of(THE_UPGRADE))
    assert len(calm.events) > 10, calm.events
    for number in range(1, len(calm.events) + 1):
        repository = Repository(tmp_path / str(number))
        run = run_of(THE_UPGRADE)
        with pytest.raises(Killed):
            repository.go(run, killed_after=number)
        last = repository.events[-1]
        outcome = repository.go(replace(run, statuses=dict(repository.statuses)))

        assert outcome.status == "succeeded", last
        assert repository.files() == calm.files(), last
        if last.kind is not EventKind.DONE or last.step != len(run.plan.steps):
            assert outcome.reference == repository.head().decode(), last


def test_by_hand_is_put_back_with_any_change(repository: Repository) -> None:
    existing = repository.driver.read(SHOP)
    drifted = {**existing, "db": replace(existing["db"], digest="")}
    situation = replace(upgrade(WEB_AND_DB, WITH_REDIS, runs=False), observed=drifted)

    assert questions(planned(situation))["drift:db"] is None
    calm = replace(upgrade(WEB_AND_DB, WEB_AND_DB, runs=False), observed=drifted)
    assert questions(planned(calm)) == {"drift:db": "keep"}
