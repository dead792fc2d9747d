"""Tells at start whether the keys are the ones this database was sealed with."""

from django.db import transaction

from config.accounts.models import KeyCheck
from config.accounts.sealed import Secret, seal, unseal

KNOWN = Secret("uplift")


def require_right_key() -> None:
    """Raises ``WrongKey``; the first start on a database leaves the value that later ones are held against."""
    check = KeyCheck.objects.first()
    if check is None:
        with transaction.atomic():
            KeyCheck.objects.get_or_create(pk=1, defaults={"sealed": seal(KNOWN)})
    else:
        unseal(check.sealed)
