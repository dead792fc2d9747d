"""A secret is a type: it shows dots wherever text is made of it, and must be asked to reveal itself."""

from __future__ import annotations

import hmac
from typing import NoReturn

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
