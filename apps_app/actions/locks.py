"""Who is at work on an application, and the lock every change of one takes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from apps_app.models import Application, Busy
from apps_app.models.lock import LOCKS
from config.errors import Refused
from config.relative import relative


def refuse_if_busy(application: Application) -> None:
    """Raises Refused, with who and where, while anybody is at work on this application."""
    busy = Busy.objects.filter(application=application).first()
    if busy is None or Busy.objects.forsaken().filter(pk=busy.pk).delete()[0]:
        return
    since = relative(busy.since, timezone.now())
    raise Refused(f"{busy.label} is at work, begun by {busy.by} {since}.", url=busy.url)


def lock(application: Application) -> Application:
    """The row as it is now, locked until the transaction ends. Raises Refused while anybody is at work on it."""
    locked = Application.objects.select_for_update(of=("self",)).select_related("team", "target").get(pk=application.pk)
    refuse_if_busy(locked)
    return locked


@contextmanager
def alone(application: Application) -> Iterator[None]:
    """Work without a record, by one process at a time; the database lets go at once when that process dies.

    Raises Refused while another process has it.
    """
    key = [LOCKS, application.pk]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        if not cursor.fetchone()[0]:
            refuse_if_busy(application)
            raise Refused(f"{application} is being started or stopped by somebody else at this moment.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def forget_forsaken() -> int:
    """How many applications were freed whose start or stop was killed."""
    return Busy.objects.forsaken().delete()[0]
