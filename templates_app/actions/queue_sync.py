"""The one place that hands a publication to the workers."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from templates_app.models import TemplateVersion

TASK = "templates_app.synchronize"


def queue_sync(version: TemplateVersion) -> None:
    """A job of its own per version; with one waiting already nothing is added. Taken back with the transaction."""
    lock = f"version-{version.pk}"
    job = app.configure_task(TASK, lock=lock, queueing_lock=lock)
    try:
        with transaction.atomic():
            job.defer(version_id=version.pk)
    except AlreadyEnqueued:
        return
