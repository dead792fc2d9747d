"""Enqueue records for the workers."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

RUN = "upgrades_app.tasks.run_record"


def enqueue_run(record_id: int) -> None:
    """Enqueue a record once; inside a transaction, on commit.

    A queue lock would outlive a killed worker for half a minute, so `execute_upgrade` takes an advisory lock instead.
    """
    job = app.configure_task(RUN, queueing_lock=f"record-{record_id}")
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(record_id=record_id)
