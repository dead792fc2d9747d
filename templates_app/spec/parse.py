"""Plain data → document, all faults at once."""

import json
from typing import Any

from pydantic import BaseModel, ValidationError

from templates_app.spec.component import ComponentSpec
from templates_app.spec.errors import Fault, SpecError, dotted
from templates_app.spec.model import AppSpec
from templates_app.spec.scalars import IN_WORDS

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
    return [_fault(one, at) for one in error.errors(include_url=False)]


def _fault(error: Any, at: str) -> Fault:
    place = [part for part in error["loc"] if part != "[key]" and not str(part).startswith("function-")]
    message = _WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    message = message.replace("Input should be", "must be", 1)
    if error["type"] == "string_pattern_mismatch":
        wanted = IN_WORDS.get(error["ctx"]["pattern"], "")
        message = f"'{error['input']}' is not of the right form{f': {wanted}' if wanted else ''}"
    return Fault(".".join(filter(None, [at, dotted(place)])), message)
