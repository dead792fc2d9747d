"""Worker tasks: run and resume records, and discard expired plans."""

from __future__ import annotations

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app

from apps_app.actions.locks import release_stale_locks
from config.errors import OperationRefused
from upgrades_app.actions.execute_upgrade import execute_upgrade, list_orphaned_records
from upgrades_app.actions.expire import expire_plans
from upgrades_app.engine.execution.run import RunInterrupted
from upgrades_app.execution.queue import RUN, enqueue_run
from upgrades_app.execution.recorder import AttemptSuperseded

logger = structlog.get_logger(__name__)


@app.task(name=RUN, pass_context=True)
def run_record(context: JobContext, record_id: int) -> None:
    """Run one record; stop between two steps when the worker shuts down."""
    try:
        record = execute_upgrade(record_id, control=context.should_abort)
    except RunInterrupted:
        logger.info("record interrupted, the next worker resumes it", record=record_id)
    except AttemptSuperseded as refusal:
        logger.warning("record resumed by another worker", record=record_id, why=refusal.sentence)
    except OperationRefused as refusal:
        logger.info("record not run", record=record_id, why=refusal.sentence)
    else:
        logger.info("record ended", record=record_id, status=record.status)


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="take_up_records")
def resume_orphaned_records(timestamp: int) -> None:
    """Enqueue open records without a running process, and release stale locks."""
    release_stale_locks()
    for record_id in list_orphaned_records():
        enqueue_run(record_id)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="expire_plans")
def expire_old_plans(timestamp: int) -> None:
    """Discard plans that were not confirmed in time."""
    expire_plans()
