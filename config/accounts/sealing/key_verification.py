import asyncio
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import DatabaseError, connection, transaction

from config.accounts.models import KeyVerification
from config.accounts.sealing.sealed import Secret, seal, unseal

logger = structlog.get_logger(__name__)

KNOWN = Secret("uplift")


def verify_key() -> None:
    """Raises ``WrongKey``; the first start on a database leaves the value that later ones are held against."""
    check = KeyVerification.objects.first()
    if check is None:
        with transaction.atomic():
            KeyVerification.objects.get_or_create(pk=1, defaults={"sealed": seal(KNOWN)})
    else:
        unseal(check.sealed)


def verify_key_on_first_request() -> None:
    """For every server that loads the application. Raises ``WrongKey``; a database that cannot be asked yet is no
    reason not to start: the health page tells of it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        _verify_now()
    else:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(_verify_now).result()


def _verify_now() -> None:
    try:
        with transaction.atomic():
            verify_key()
    except DatabaseError as error:
        logger.warning("the key could not be verified", why=str(error).splitlines()[0])
    finally:
        if not connection.in_atomic_block:  # no connection is carried over into the server's own processes
            connection.close()
