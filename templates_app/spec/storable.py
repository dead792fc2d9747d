"""Whether a document that was put together can be stored, and read again as it is."""

import math
import re
from collections.abc import Iterator

from pydantic import JsonValue

from templates_app.spec.dump import tree
from templates_app.spec.errors import Fault, SpecError, dotted
from templates_app.spec.model import AppSpec
from templates_app.spec.parse import parse

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
        for name, one in value.items():
            yield from _faults(name, (*path, name))
            yield from _faults(one, (*path, name))
    elif isinstance(value, list):
        for n, one in enumerate(value):
            yield from _faults(one, (*path, str(n)))
    elif isinstance(value, str) and _UNSTORABLE.search(value):
        yield Fault(dotted(path), "holds a character that cannot be stored")
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(dotted(path), f"'{value}' is not a number that can be stored")
