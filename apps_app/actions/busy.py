"""Who is at work on an application, and the lock every change of one takes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from apps_app.models import Application, Busy
from config.errors import Refused
from config.relative import relative

_LOCKS = 0x617070  # "app": our own range of advisory locks


def refuse_if_busy(application: Application) -> None:
    """Raises Refused, with who and where, while anybody is at work on this application."""
    busy = Busy.objects.filter(application=application).first()
    if busy is None:
        return
    if is_forsaken(busy):
        Busy.objects.filter(pk=busy.pk, record_id=None, since=busy.since).delete()
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
    key = [_LOCKS, application.pk]
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


def is_forsaken(busy: Busy) -> bool:
    """Whether it was left by a process that died. A record's is not: the next worker takes the record up."""
    if busy.record_id is not None:
        return False
    held = (
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s "
        "AND objsubid = 2 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
    )
    with connection.cursor() as cursor:
        cursor.execute(held, [_LOCKS, busy.pk])
        return not cursor.fetchone()[0]
