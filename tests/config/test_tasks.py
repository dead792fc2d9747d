"""Jobs, with the real queue and a real worker in this process."""

import asyncio
from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from apps_app.tasks import watch_targets
from config.tasks import retry_stalled

pytestmark = pytest.mark.django_db(transaction=True)

ran: list[str] = []


@app.task(name="tests.note")
def note(word: str) -> None:
    ran.append(word)


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    ran.clear()


def work_until_idle() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]  # Django's
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def sweep() -> int:
    return app.configure_task(retry_stalled.name).defer(timestamp=0)


def query(statement: str, *values: Any) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def give_to_a_worker(job: int, heartbeat: str) -> None:
    """As if a worker had taken the job, and was last heard of this long ago."""
    statement = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id"
    [(worker,)] = query(statement, heartbeat)
    query("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", worker, job)


def test_a_job_runs() -> None:
    note.defer(word="hello")
    work_until_idle()
    assert ran == ["hello"]


def test_a_job_of_a_transaction_that_failed_does_not_run() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        note.defer(word="never")
        raise RuntimeError
    work_until_idle()
    assert ran == []


@pytest.mark.parametrize(("heartbeat", "again"), [("5 minutes", ["hello"]), ("5 seconds", [])])
def test_a_job_runs_again_only_when_its_worker_is_gone(heartbeat: str, again: list[str]) -> None:
    give_to_a_worker(note.defer(word="hello"), heartbeat)
    sweep()
    work_until_idle()
    work_until_idle()
    assert ran == again


def test_a_sweeper_that_died_holds_up_no_other() -> None:
    give_to_a_worker(note.defer(word="hello"), "5 minutes")
    give_to_a_worker(sweep(), "5 minutes")
    sweep()
    work_until_idle()
    work_until_idle()
    assert ran == ["hello"]


def test_a_dead_job_makes_way_for_the_like_that_waits() -> None:
    """Both have the same lock: as long as the dead one counts as at work, the other would wait for ever."""
    locked = app.configure_task(note.name, lock="shop", queueing_lock="shop")
    give_to_a_worker(locked.defer(word="hello"), "5 minutes")
    locked.defer(word="hello")
    sweep()
    work_until_idle()
    work_until_idle()
    assert ran == ["hello"]


def test_the_sweeper_comes_every_ten_seconds() -> None:
    [periodic] = [
        periodic_task
        for periodic_task in app.periodic_registry.periodic_tasks.values()
        if periodic_task.task.name == retry_stalled.name
    ]
    assert periodic.cron == "* * * * * */10"
    assert periodic.task.queueing_lock == "retry_stalled"
    assert periodic.task.lock is None
    assert asyncio.iscoroutinefunction(periodic.task.func)


def test_targets_are_looked_at_by_one_worker_at_a_time() -> None:
    """A look that takes minutes, since engines do not answer, keeps one worker from its other work, and not all."""
    give_to_a_worker(watch_targets.configure().defer(timestamp=0), "1 second")
    waiting = watch_targets.configure().defer(timestamp=60)
    work_until_idle()
    assert query("SELECT status::text FROM procrastinate_jobs WHERE id = %s", waiting) == [("todo",)]
