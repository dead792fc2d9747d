"""Who is at work on an application, and the lock every change of one takes."""

from django.utils import timezone

from apps_app.models import Application, Busy
from config.errors import Refused
from config.relative import relative


def refuse_if_busy(application: Application) -> None:
    """Raises Refused, with who and where, while a record of this application is at work."""
    busy = Busy.objects.filter(application=application).first()
    if busy is None:
        return
    since = relative(busy.since, timezone.now())
    raise Refused(f"{busy.label} is at work, begun by {busy.by} {since}.", url=busy.url)


def lock(application: Application) -> Application:
    """The row as it is now, locked until the transaction ends. Raises Refused while a record is at work."""
    locked = Application.objects.select_for_update(of=("self",)).select_related("team", "target").get(pk=application.pk)
    refuse_if_busy(locked)
    return locked
