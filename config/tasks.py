"""Jobs of the house itself. Each application's own are in its ``tasks.py``."""

import structlog
from django.core.management import call_command
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

logger = structlog.get_logger(__name__)

SILENCE = 30.0  # seconds without a heartbeat (one comes every 10) after which a worker counts as dead


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Gives the jobs of dead workers back to the queue. A lock of its own could be held by a dead job."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE):
        try:
            await manager.retry_job(job)
        except UniqueViolation:  # another like it waits already, and only once this one has ended
            await manager.finish_job(job, Status.FAILED, delete_job=True)
        if job.task_name != retry_stalled.name:
            logger.warning("job of a dead worker requeued", job=job.id, task=job.task_name)


@app.periodic(cron="41 3 * * *")
@app.task(queueing_lock="forget_sessions")
def delete_expired_sessions(timestamp: int) -> None:
    """Removes sessions that have ended; no page would let them in anyway."""
    call_command("clearsessions")
