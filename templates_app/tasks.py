import structlog
from procrastinate.contrib.django import app

from templates_app.actions.queue_sync import TASK
from templates_app.actions.synchronize import mark_failed, synchronize
from templates_app.models import TemplateVersion

logger = structlog.get_logger(__name__)


@app.task(name=TASK)
def synchronize_version(version_id: int) -> None:
    """Nothing is left to do where the publication was cancelled meanwhile."""
    version = TemplateVersion.objects.filter(pk=version_id).first()
    if version is None:
        return
    try:
        synchronize(version)
    except Exception as error:
        mark_failed(version, f"Internal error ({type(error).__name__}). See the server log.")
        logger.exception("synchronization failed", version=str(version))
        raise
