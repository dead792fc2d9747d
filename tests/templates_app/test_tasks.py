"""A real worker synchronizes what was published."""

import pytest
from procrastinate.contrib.django import app

from apps_app.actions.finish_publication import retry_sync
from config.accounts.models import Team
from templates_app import tasks
from templates_app.models import SyncRecord, TemplateVersion
from tests.apps_app.publishing import ADA, draft, source

pytestmark = pytest.mark.django_db(transaction=True)


def work_until_idle() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]  # Django's
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def statuses() -> dict[str, str]:
    return dict(SyncRecord.objects.values_list("key", "status"))


def test_a_worker_does_every_line(team: Team) -> None:
    draft(source(team))
    work_until_idle()
    assert statuses() == {"web": "done", "db": "done"}


def test_where_uplift_itself_fails_nobody_waits_in_vain(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    record = draft(source(team))

    def break_down(version: TemplateVersion) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(tasks, "synchronize", break_down)
        work_until_idle()
    assert statuses() == {"web": "failed", "db": "failed"}
    assert "ZeroDivisionError" in SyncRecord.objects.get(key="db").error
    retry_sync(record, ADA)
    work_until_idle()
    assert statuses() == {"web": "done", "db": "done"}
