from __future__ import annotations

import hmac
from typing import Any, NoReturn

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query_utils import DeferredAttribute

DOTS = "••••••"


class Secret:
    """Text that nothing prints, logs, formats, pickles or serializes by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __str__(self) -> str:
        return DOTS if self._text else ""

    def __repr__(self) -> str:
        return f"Secret({DOTS})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(("Secret", self._text))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret is not pickled: reveal it where it is used.")


__all__ = ["DOTS", "SealedField", "Secret", "WrongKey", "reseal", "seal", "unseal"]


EXPORTED = "sealed:"


class WrongKey(ImproperlyConfigured):
    """None of the keys opens what is sealed in this database; the message is a sentence for an operator."""


def seal(secret: Secret) -> str:
    """The first key encrypts; nothing stays nothing, so that "has none" can be asked of the database."""
    return _load_keys().encrypt(secret.reveal().encode()).decode() if secret else ""


def unseal(sealed: str) -> Secret:
    """All keys decrypt. Raises ``WrongKey``."""
    if not sealed:
        return Secret("")
    try:
        return Secret(_load_keys().decrypt(sealed.encode()).decode())
    except InvalidToken:
        source = "UPLIFT_SECRET_KEYS" if not settings.EMBEDDED_DATABASE else "the key file, or UPLIFT_SECRET_KEYS,"
        raise WrongKey(
            f"The secret values of this database are encrypted with a key that is missing in {source}. "
            "Append the earlier key to the list, or restore the key file."
        ) from None


def reseal(sealed: str) -> str:
    """The same secret, sealed with the first key."""
    return seal(unseal(sealed))


def _load_keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.SECRET_KEYS])


class _SealedAttribute(DeferredAttribute):
    """Whatever is assigned is a ``Secret`` from then on."""

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = Secret(value) if isinstance(value, str) else value


class SealedField[Set, Get](models.Field[Set, Get]):
    """A ``Secret`` in Python, Fernet text in the database; it can be asked for by ``isnull`` only.

    It is in no form unless a form says so, since no form could show it.
    """

    _pyi_private_set_type: Secret | str
    _pyi_private_get_type: Secret
    descriptor_class = _SealedAttribute

    def __init__(self, *, null: bool = False, editable: bool = False, **options: Any) -> None:
        super().__init__(null=null, editable=editable, **options)

    def get_internal_type(self) -> str:
        return "TextField"

    def get_prep_value(self, value: Any) -> str | None:
        if value is None or isinstance(value, models.Expression):
            return value  # type: ignore[return-value]  # an expression is prepared by the database layer
        return seal(value if isinstance(value, Secret) else Secret(str(value)))

    def from_db_value(self, value: str | None, expression: object, connection: BaseDatabaseWrapper) -> Secret | None:
        return None if value is None else unseal(value)

    def to_python(self, value: Any) -> Secret | None:
        if value is None or isinstance(value, Secret):
            return value
        text = str(value)
        return unseal(text.removeprefix(EXPORTED)) if text.startswith(EXPORTED) else Secret(text)

    def value_to_string(self, obj: models.Model) -> str:
        """What a fixture holds is sealed as the database's is."""
        return EXPORTED + seal(self.to_python(self.value_from_object(obj)) or Secret(""))

    def get_lookup(self, lookup_name: str) -> type[models.Lookup[Any]] | None:
        if lookup_name != "isnull":
            raise FieldError(f"{self} is encrypted and cannot be searched by {lookup_name}.")
        return super().get_lookup(lookup_name)
