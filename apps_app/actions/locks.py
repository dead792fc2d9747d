from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from apps_app.models import Application, ApplicationLock
from apps_app.models.lock import LOCKS
from config.errors import OperationRefused
from config.relative import format_relative


def check_unlocked(application: Application) -> None:
    """Raises OperationRefused, with who and where, while anybody is at work on this application."""
    busy = ApplicationLock.objects.filter(application=application).first()
    if busy is None or ApplicationLock.objects.stale().filter(pk=busy.pk).delete()[0]:
        return
    since = format_relative(busy.since, timezone.now())
    raise OperationRefused(f"{busy.label} is running, started by {busy.by} {since}.", url=busy.url)


def lock_application(application: Application) -> Application:
    """The row as it is now, locked until the transaction ends. Raises OperationRefused while anybody is at work on it."""
    locked = Application.objects.select_for_update(of=("self",)).select_related("team", "target").get(pk=application.pk)
    check_unlocked(locked)
    return locked


@contextmanager
def exclusive_lock(application: Application) -> Iterator[None]:
    """Work without a record, by one process at a time; the database lets go at once when that process dies.

    Raises OperationRefused while another process has it.
    """
    key = [LOCKS, application.pk]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        if not cursor.fetchone()[0]:
            check_unlocked(application)
            raise OperationRefused(f"{application} is being started or stopped by another operation.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def release_stale_locks() -> int:
    """How many applications were freed whose start or stop was killed."""
    return ApplicationLock.objects.stale().delete()[0]
