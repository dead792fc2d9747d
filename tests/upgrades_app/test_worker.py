"""A real worker is killed in the middle of a record; the next one ends what it began."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection, transaction
from dulwich.repo import Repo

from apps_app.models import Application, Busy, Component
from config.accounts.models import Team
from tests.config.clusters import eventually
from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.upgrades_app.road import ADA, fresh, git_target, installed, plan_of, released, template
from upgrades_app.actions.confirm import confirm
from upgrades_app.actions.execute_upgrade import abandoned
from upgrades_app.actions.save_plan import store
from upgrades_app.execution.queue import RUN
from upgrades_app.models import UpgradeRecord, UpgradeStep
from upgrades_app.tasks import take_up_records

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 90.0

type Start = Callable[..., subprocess.Popen[bytes]]
WORKER = ("procrastinate", "worker")


def database_url() -> str:
    """The tests' own database, as another process reaches it."""
    provided = connection.settings_dict
    user, password = quote(provided["USER"]), quote(provided["PASSWORD"])
    options = urlencode({"host": provided["HOST"], **provided["OPTIONS"]})
    return f"postgresql://{user}:{password}@:{provided['PORT']}/{quote(provided['NAME'])}?{options}"


@pytest.fixture
def start(project: Path) -> Iterator[Start]:
    """Starts a command on the tests' database in a process of its own; whatever still runs is killed at the end."""
    connection.ensure_connection()
    ours = {name: value for name, value in os.environ.items() if not name.startswith("UPLIFT_")}
    environment = {
        **ours,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "UPLIFT_SECRET_KEYS": ",".join(settings.SECRET_KEYS),
        "UPLIFT_VAR": str(settings.VAR),
        "UPLIFT_TARGETS": str(settings.TARGETS),
    }
    started: list[subprocess.Popen[bytes]] = []

    def begin(*words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "manage.py", *words]
        nothing = subprocess.DEVNULL
        running = subprocess.Popen(command, cwd=project, env=environment, stdin=nothing, stdout=nothing, stderr=nothing)
        started.append(running)
        return running

    yield begin
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def copy(team: Team, tmp_path: Path) -> Application:
    return installed(released(template(team), "1.0", WEB_AND_DB), git_target(team, tmp_path))


@pytest.fixture
def queued(copy: Application) -> UpgradeRecord:
    installation = copy.installed()
    assert installation is not None
    record = store(plan_of(copy, released(installation.template, "1.1", WITH_REDIS)), ADA)
    return confirm(record, ADA, digest=record.digest, queued=True)


def in_web(copy: Application) -> bool:
    return UpgradeStep.objects.filter(record__application=copy, key="web", status="running").exists()


def jobs() -> list[tuple[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, args->'record_id' FROM procrastinate_jobs WHERE task_name = %s", [RUN])
        return [(status, json.loads(record)) for status, record in cursor.fetchall()]


def test_a_killed_worker_is_replaced_at_the_step_it_was_in(
    copy: Application, queued: UpgradeRecord, tmp_path: Path, start: Start
) -> None:
    first = start(*WORKER)
    with transaction.atomic():
        Component.objects.select_for_update().get(application=copy, key="web")  # the step cannot be written as done
        assert eventually(lambda: in_web(copy), PATIENCE)
        first.kill()
        first.wait()
    assert in_web(copy)
    start(*WORKER)
    assert eventually(lambda: UpgradeRecord.objects.ended().filter(pk=queued.pk).exists(), PATIENCE)
    queued.refresh_from_db()
    assert queued.succeeded, queued.result
    assert queued.attempt == 2
    assert {step.key: step.attempt for step in queued.steps.changing()} == {"redis": 1, "web": 2, "": 1}
    assert fresh(copy).applied_spec() == WITH_REDIS
    assert not Busy.objects.exists()
    commits = [entry.commit.id.decode() for entry in Repo(str(tmp_path / "repository")).get_walker()]
    assert len(commits) == 2
    assert queued.reference == commits[0]


def test_a_killed_command_leaves_its_record_to_the_workers(copy: Application, start: Start) -> None:
    installation = copy.installed()
    assert installation is not None
    released(installation.template, "1.1", WITH_REDIS)
    with transaction.atomic():
        Component.objects.select_for_update().get(application=copy, key="web")  # the step cannot be written as done
        command = start("upgrade", copy.slug, "--to", "1.1", "--yes")
        assert eventually(lambda: in_web(copy), PATIENCE)
        record = UpgradeRecord.objects.open().get()
        take_up_records(0)
        assert jobs() == [], "it is run by a process that lives"
        command.kill()
        command.wait()
    assert eventually(lambda: bool(abandoned()), PATIENCE), "the database lets go of what the dead process held"
    take_up_records(0)
    take_up_records(0)
    assert jobs() == [("todo", record.pk)]
    start(*WORKER)
    assert eventually(lambda: UpgradeRecord.objects.ended().filter(pk=record.pk).exists(), PATIENCE)
    before = record.started_at
    record.refresh_from_db()
    assert record.succeeded, record.result
    assert (record.attempt, record.started_at) == (2, before)
    assert not Busy.objects.exists()
