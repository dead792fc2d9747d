"""The one place that hands records to the workers, so that another queue could take its place."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

RUN = "upgrades_app.tasks.run_record"


def defer_run(record_id: int) -> None:
    """Asks the workers to run a record; asking twice is asking once. Inside a transaction it counts on commit.

    No lock of the queue's, which would outlive a killed worker for half a minute: `run` lets one process in at a time.
    """
    job = app.configure_task(RUN, queueing_lock=f"record-{record_id}")
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(record_id=record_id)
