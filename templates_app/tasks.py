"""The workers' part of publishing."""

from procrastinate.contrib.django import app

from templates_app.actions.queue_sync import TASK
from templates_app.actions.synchronize import synchronize
from templates_app.models import TemplateVersion


@app.task(name=TASK)
def synchronize_version(version_id: int) -> None:
    """Nothing is left to do where the publication was cancelled meanwhile."""
    version = TemplateVersion.objects.filter(pk=version_id).first()
    if version is not None:
        synchronize(version)
