from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from templates_app.models import TemplateVersion

TASK = "templates_app.synchronize"


def queue_sync(version: TemplateVersion) -> None:
    """A job of its own per version; with one waiting already nothing is added. Taken back with the transaction."""
    job = app.configure_task(TASK, lock=_lock(version), queueing_lock=_lock(version))
    try:
        with transaction.atomic():
            job.defer(version_id=version.pk)
    except AlreadyEnqueued:
        return


def is_queued(version: TemplateVersion) -> bool:
    """Whether a worker has the version, or will."""
    jobs = ProcrastinateJob.objects.filter(task_name=TASK, lock=_lock(version))
    return jobs.filter(status__in=["todo", "doing"]).exists()


def _lock(version: TemplateVersion) -> str:
    return f"version-{version.pk}"
