"""Compose's published JSON schema, and its complaints in words for people.

compose-spec.json is schema/compose-spec.json of github.com/compose-spec/compose-spec (Apache-2.0), unchanged.
"""

import difflib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from apps_app.formats.compose.yaml_loader import Document, Place, Tree
from templates_app.appspec.schema.errors import Fault, dotted

_SCHEMA = Path(__file__).with_name("compose-spec.json")
_KINDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "nothing",
}
_SHOWN = 60


@cache
def _validator() -> Draft7Validator:
    return Draft7Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))


def schema_faults(document: Document, tree: Tree) -> tuple[Fault, ...]:
    """All that the schema says against `tree`, which is the document's with its references replaced."""
    result = sorted({fault for error in _validator().iter_errors(tree) for fault in _faults(error, document)})
    return tuple(result)


def _faults(error: ValidationError, document: Document) -> Iterator[Fault]:
    place: Place = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        for key in _unknown(error):
            yield Fault(dotted((*place, key)), _unknown_message(key, error) + _at(document, (*place, key)))
        return
    inner = _nearest(error)
    if inner is not None:
        yield from _faults(inner, document)
        return
    yield Fault(dotted(place), _message(error) + _at(document, place))


def _at(document: Document, place: Place) -> str:
    return f" ({document.where(place)})"


def _nearest(error: ValidationError) -> ValidationError | None:
    """Of several allowed forms, the complaint about the one that was meant: the form whose kind fits."""
    meant = [
        validation_error
        for validation_error in error.context or ()
        if not (validation_error.validator == "type" and not validation_error.relative_path)
    ]
    return max(
        meant,
        key=lambda validation_error: (
            len(validation_error.absolute_path),
            validation_error.validator != "additionalProperties",
        ),
        default=None,
    )


def _unknown(error: ValidationError) -> list[str]:
    instance: Any = error.instance
    known, patterns = _said(error, "properties"), _said(error, "patternProperties")
    return [key for key in instance if key not in known and not any(_matches(pattern, key) for pattern in patterns)]


def _said(error: ValidationError, key: str) -> Mapping[str, object]:
    schema: Any = error.schema
    result: Mapping[str, object] = schema.get(key, {})
    return result


def _matches(pattern: str, key: str) -> bool:
    return Draft7Validator({"pattern": pattern}).is_valid(key)


def _unknown_message(key: str, error: ValidationError) -> str:
    known = _said(error, "properties")
    if not known:
        return "is not a name that Compose allows: letters, digits, '.', '_' and '-'"
    near = difflib.get_close_matches(key, known, n=1)
    return "is not a key that Compose knows here" + (f"; did you mean '{near[0]}'?" if near else "")


def _message(error: ValidationError) -> str:
    desired: Any = error.validator_value
    provided: Any = error.instance
    match error.validator:
        case "type":
            return f"is {_shown(provided)}; it must be {_kinds(desired)}"
        case "enum":
            return f"is {_shown(provided)}; it must be one of {', '.join(map(str, desired))}"
        case "required":
            missing = [item for item in desired if item not in provided]
            return f"lacks {' and '.join(map(repr, missing))}"
        case "oneOf" | "anyOf":
            return f"is {_shown(error.instance)}; {_forms(error)}"
        case "uniqueItems":
            return "says the same twice"
    return f"is not right: {error.message[:_SHOWN]}"


def _forms(error: ValidationError) -> str:
    desired = {
        _kinds(validation_error.validator_value)
        for validation_error in error.context or ()
        if validation_error.validator == "type"
    }
    return f"it must be {' or '.join(sorted(desired))}" if desired else "it fits none of the forms that Compose knows"


def _kinds(message: Any) -> str:
    return " or ".join(_KINDS[name] for name in ([message] if isinstance(message, str) else message))


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "empty"
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
