"""A document as plain JSON, in one canonical form, and its digest."""

import hashlib
import hmac
import json
from collections.abc import Mapping

from pydantic import JsonValue

from templates_app.spec.component import ComponentSpec, Record
from templates_app.spec.model import AppSpec

type Tree = dict[str, JsonValue]


def tree(part: Record) -> Tree:
    """The part as plain JSON without what only repeats a default. Treat it as read-only."""
    return part.plain


def canonical(part: Record | Mapping[str, JsonValue]) -> bytes:
    """JSON with sorted keys, no blanks, in UTF-8: the same for every equal document."""
    plain = tree(part) if isinstance(part, Record) else part
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(part: AppSpec | ComponentSpec | Mapping[str, JsonValue]) -> str:
    """ "sha256:" and the hexadecimal SHA-256 of the canonical form."""
    return "sha256:" + hashlib.sha256(canonical(part)).hexdigest()


def keyed_digest(part: Mapping[str, JsonValue] | Record, salt: bytes) -> str:
    """HMAC-SHA-256 of the canonical form under an application's salt: it tells nothing about what it covers."""
    return "hmac:" + hmac.new(salt, canonical(part), hashlib.sha256).hexdigest()
