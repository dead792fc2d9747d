"""A document as plain JSON, in one canonical form, and its digest."""

import hashlib
import hmac
import json
import math
import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.errors import Fault, SpecError, dotted
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse

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


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def refuse_unstorable(spec: AppSpec) -> None:
    """Raises SpecError with every place that no database keeps, or that does not read again."""
    plain = tree(spec)
    faults = list(_faults(plain, ()))
    if faults:
        raise SpecError(faults)
    parse(plain)


def _faults(value: JsonValue, path: tuple[str, ...]) -> Iterator[Fault]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _faults(name, (*path, name))
            yield from _faults(item, (*path, name))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _faults(item, (*path, str(n)))
    elif isinstance(value, str) and _UNSTORABLE.search(value):
        yield Fault(dotted(path), "holds a character that cannot be stored")
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(dotted(path), f"'{value}' is not a number that can be stored")
