"""Plain data → document, all faults at once."""

import json
from collections.abc import Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import Fault, SpecError, dotted
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.scalars import IN_WORDS

MAX_BYTES = 8 * 1024 * 1024

_WORDS = {
    "bool_type": "must be true or false",
    "dict_type": "must be a map of names",
    "extra_forbidden": "is not known here",
    "list_type": "must be a list",
    "missing": "is missing",
    "model_type": "must be a map of names",
    "string_too_short": "must not be empty",
    "string_type": "must be text",
    "tuple_type": "must be a list",
}


def parse(data: object) -> AppSpec:
    """A document from plain JSON data. Raises SpecError with every fault and its path."""
    return validated(AppSpec, data)


def parse_component(data: object, at: str = "") -> ComponentSpec:
    """One component from plain JSON data; `at` stands before each fault's path. Raises SpecError."""
    return validated(ComponentSpec, data, at)


def parse_json(text: str | bytes) -> AppSpec:
    """A document from JSON text of at most 8 MiB. Raises SpecError."""
    if len(text) > MAX_BYTES:
        raise SpecError([Fault("", f"the document is larger than {MAX_BYTES // 1024 // 1024} MiB")])
    try:
        return parse(json.loads(text))
    except (ValueError, RecursionError) as error:
        if isinstance(error, SpecError):
            raise
        raise SpecError([Fault("", f"not JSON: {error}")]) from error


def validated[M: BaseModel](model: type[M], data: object, at: str = "") -> M:
    """Any part of the document from plain JSON data; `at` stands before each fault's path. Raises SpecError."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise SpecError(faults_of(error, at)) from error


def faults_of(error: ValidationError, at: str = "") -> list[Fault]:
    """What pydantic found, in our words; `at` stands before each path."""
    return [_fault(details, at) for details in error.errors(include_url=False)]


def _fault(error: Any, at: str) -> Fault:
    place = [part for part in error["loc"] if part != "[key]" and not str(part).startswith("function-")]
    message = _WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    message = message.replace("Input should be", "must be", 1)
    if error["type"] == "string_pattern_mismatch":
        desired = IN_WORDS.get(error["ctx"]["pattern"], "")
        message = f"'{error['input']}' is not of the right form{f': {desired}' if desired else ''}"
    return Fault(".".join(filter(None, [at, dotted(place)])), message)


_AT_MOST = 1000


class Legible(NamedTuple):
    """What could be read; `faults` name the places that were left out."""

    spec: AppSpec
    faults: tuple[Fault, ...] = ()


def legible(data: object) -> Legible:
    """A document from plain JSON data without the places that are not of the right form; never raises."""
    faults: list[Fault] = []
    plain = data
    for _ in range(_AT_MOST):
        try:
            return Legible(AppSpec.model_validate(plain), tuple(dict.fromkeys(faults)))
        except ValidationError as error:
            faults += faults_of(error)
            places = [tuple(map(str, details["loc"])) for details in error.errors(include_url=False)]
        plain = deepcopy(data) if plain is data else plain
        for holder, entry in [_innermost(plain, loc) for loc in places]:
            holder.pop(entry, None)
    return Legible(AppSpec(), tuple(dict.fromkeys(faults)))


def _innermost(plain: Any, loc: Sequence[str]) -> tuple[dict[str, Any], str]:
    """The innermost entry that the place leads to; the record it is missing from, where it is not there."""
    holder, entry, here = dict[str, Any](), "", plain
    for step in loc:
        if not isinstance(here, dict) or step not in here:
            break
        holder, entry, here = here, step, here[step]
    return holder, entry
