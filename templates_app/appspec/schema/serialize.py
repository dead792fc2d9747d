"""Plain and canonical JSON of a document, and its digest."""

import hashlib
import hmac
import json
import math
import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.errors import Fault, SpecError, join_path
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_spec

type JsonTree = dict[str, JsonValue]


def to_plain(part: Record) -> JsonTree:
    """Return the part as plain JSON without default values. Treat it as read-only."""
    return part.plain


def to_canonical_json(part: Record | Mapping[str, JsonValue]) -> bytes:
    """Return JSON with sorted keys, without blanks, in UTF-8; equal documents have equal JSON."""
    plain = to_plain(part) if isinstance(part, Record) else part
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def compute_digest(part: AppSpec | ComponentSpec | Mapping[str, JsonValue]) -> str:
    """ "sha256:" and the hexadecimal SHA-256 of the canonical form."""
    return "sha256:" + hashlib.sha256(to_canonical_json(part)).hexdigest()


def compute_keyed_digest(part: Mapping[str, JsonValue] | Record, salt: bytes) -> str:
    """Return the HMAC-SHA-256 of the canonical form under an application's salt, which reveals nothing about its
    content."""
    return "hmac:" + hmac.new(salt, to_canonical_json(part), hashlib.sha256).hexdigest()


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def check_storable(spec: AppSpec) -> None:
    """Raise SpecError for values that the database cannot store or that change when read back."""
    plain = to_plain(spec)
    faults = list(_find_faults(plain, ()))
    if faults:
        raise SpecError(faults)
    parse_spec(plain)


def _find_faults(value: JsonValue, path: tuple[str, ...]) -> Iterator[Fault]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _find_faults(name, (*path, name))
            yield from _find_faults(item, (*path, name))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _find_faults(item, (*path, str(n)))
    elif isinstance(value, str) and _UNSTORABLE.search(value):
        yield Fault(join_path(path), "contains a character that cannot be stored")
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(join_path(path), f"'{value}' is not a number that can be stored")
