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
    found = sorted({fault for error in _validator().iter_errors(tree) for fault in _faults(error, document)})
    return tuple(found)


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
    meant = [one for one in error.context or () if not (one.validator == "type" and not one.relative_path)]
    return max(meant, key=lambda one: (len(one.absolute_path), one.validator != "additionalProperties"), default=None)


def _unknown(error: ValidationError) -> list[str]:
    instance: Any = error.instance
    known, patterns = _said(error, "properties"), _said(error, "patternProperties")
    return [key for key in instance if key not in known and not any(_matches(one, key) for one in patterns)]


def _said(error: ValidationError, key: str) -> Mapping[str, object]:
    schema: Any = error.schema
    found: Mapping[str, object] = schema.get(key, {})
    return found


def _matches(pattern: str, key: str) -> bool:
    return Draft7Validator({"pattern": pattern}).is_valid(key)


def _unknown_message(key: str, error: ValidationError) -> str:
    known = _said(error, "properties")
    if not known:
        return "is not a name that Compose allows: letters, digits, '.', '_' and '-'"
    near = difflib.get_close_matches(key, known, n=1)
    return "is not a key that Compose knows here" + (f"; did you mean '{near[0]}'?" if near else "")


def _message(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    given: Any = error.instance
    match error.validator:
        case "type":
            return f"is {_shown(given)}; it must be {_kinds(wanted)}"
        case "enum":
            return f"is {_shown(given)}; it must be one of {', '.join(map(str, wanted))}"
        case "required":
            missing = [one for one in wanted if one not in given]
            return f"lacks {' and '.join(map(repr, missing))}"
        case "oneOf" | "anyOf":
            return f"is {_shown(error.instance)}; {_forms(error)}"
        case "uniqueItems":
            return "says the same twice"
    return f"is not right: {error.message[:_SHOWN]}"


def _forms(error: ValidationError) -> str:
    wanted = {_kinds(one.validator_value) for one in error.context or () if one.validator == "type"}
    return f"it must be {' or '.join(sorted(wanted))}" if wanted else "it fits none of the forms that Compose knows"


def _kinds(said: Any) -> str:
    return " or ".join(_KINDS[one] for one in ([said] if isinstance(said, str) else said))


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "empty"
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
