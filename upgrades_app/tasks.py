"""The workers' part: run records, take up those whose worker died, forget plans nobody confirmed."""

from __future__ import annotations

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app

from apps_app.actions.locks import forget_forsaken
from config.errors import Refused
from upgrades_app.actions.execute_upgrade import abandoned, run
from upgrades_app.actions.expire import expire
from upgrades_app.engine.execution.run import Interrupted
from upgrades_app.execution.queue import RUN, defer_run
from upgrades_app.execution.recorder import Superseded

logger = structlog.get_logger(__name__)


@app.task(name=RUN, pass_context=True)
def run_record(context: JobContext, record_id: int) -> None:
    """Runs one record to its end; stops between two steps when the worker is asked to."""
    try:
        record = run(record_id, control=context.should_abort)
    except Interrupted:
        logger.info("record interrupted, the next worker takes it up", record=record_id)
    except Superseded as refusal:
        logger.warning("record taken over", record=record_id, why=refusal.sentence)
    except Refused as refusal:
        logger.info("record not run here", record=record_id, why=refusal.sentence)
    else:
        logger.info("record ended", record=record_id, status=record.status)


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="take_up_records")
def take_up_records(timestamp: int) -> None:
    """Gives open records that nobody runs back to the queue: their worker was killed, or a command was. Frees the
    applications of which a start or stop was killed."""
    forget_forsaken()
    for record_id in abandoned():
        defer_run(record_id)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="expire_plans")
def expire_plans(timestamp: int) -> None:
    """Discards plans that were never confirmed."""
    expire()
