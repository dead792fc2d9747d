"""Parse plain data into a document and report all faults at once."""

import json
from collections.abc import Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import Fault, SpecError, join_path
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.scalars import IN_WORDS

MAX_BYTES = 8 * 1024 * 1024

_WORDS = {
    "bool_type": "must be true or false",
    "dict_type": "must be a map of names",
    "extra_forbidden": "is not a known field",
    "list_type": "must be a list",
    "missing": "is missing",
    "model_type": "must be a map of names",
    "string_too_short": "must not be empty",
    "string_type": "must be text",
    "tuple_type": "must be a list",
}


def parse_spec(data: object) -> AppSpec:
    """Parse a document from plain JSON data. Raises SpecError with all faults."""
    return validate_record(AppSpec, data)


def parse_component(data: object, at: str = "") -> ComponentSpec:
    """Parse one component from plain JSON data; `at` prefixes the path of each fault. Raises SpecError."""
    return validate_record(ComponentSpec, data, at)


def parse_spec_json(text: str | bytes) -> AppSpec:
    """A document from JSON text of at most 8 MiB. Raises SpecError."""
    if len(text) > MAX_BYTES:
        raise SpecError([Fault("", f"the document is larger than {MAX_BYTES // 1024 // 1024} MiB")])
    try:
        return parse_spec(json.loads(text))
    except (ValueError, RecursionError) as error:
        if isinstance(error, SpecError):
            raise
        raise SpecError([Fault("", f"not JSON: {error}")]) from error


def validate_record[M: BaseModel](model: type[M], data: object, at: str = "") -> M:
    """Parse any part of the document; `at` prefixes the path of each fault. Raises SpecError."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise SpecError(list_faults(error, at)) from error


def list_faults(error: ValidationError, at: str = "") -> list[Fault]:
    """Convert pydantic's errors to faults; `at` prefixes each path."""
    return [_build_fault(details, at) for details in error.errors(include_url=False)]


def _build_fault(error: Any, at: str) -> Fault:
    place = [part for part in error["loc"] if part != "[key]" and not str(part).startswith("function-")]
    message = _WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    message = message.replace("Input should be", "must be", 1)
    if error["type"] == "string_pattern_mismatch":
        desired = IN_WORDS.get(error["ctx"]["pattern"], "")
        message = f"'{error['input']}' has an invalid format{f': {desired}' if desired else ''}"
    return Fault(".".join(filter(None, [at, join_path(place)])), message)


_AT_MOST = 1000


class LenientResult(NamedTuple):
    """The valid parts of a document; `faults` name the parts that were dropped."""

    spec: AppSpec
    faults: tuple[Fault, ...] = ()


def parse_leniently(data: object) -> LenientResult:
    """Parse a document without its invalid parts. Never raises."""
    faults: list[Fault] = []
    plain = data
    for _ in range(_AT_MOST):
        try:
            return LenientResult(AppSpec.model_validate(plain), tuple(dict.fromkeys(faults)))
        except ValidationError as error:
            faults += list_faults(error)
            places = [tuple(map(str, details["loc"])) for details in error.errors(include_url=False)]
        plain = deepcopy(data) if plain is data else plain
        for holder, entry in [_find_innermost(plain, loc) for loc in places]:
            holder.pop(entry, None)
    return LenientResult(AppSpec(), tuple(dict.fromkeys(faults)))


def _find_innermost(plain: Any, loc: Sequence[str]) -> tuple[dict[str, Any], str]:
    """Return the innermost entry on the path, or the record that lacks it."""
    holder, entry, here = dict[str, Any](), "", plain
    for step in loc:
        if not isinstance(here, dict) or step not in here:
            break
        holder, entry, here = here, step, here[step]
    return holder, entry
