"""Plain data that may be broken → as much of a document as can be read, and what is wrong with the rest."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from pydantic import ValidationError

from templates_app.spec.errors import Fault
from templates_app.spec.model import AppSpec
from templates_app.spec.parse import faults_of

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
            places = [tuple(map(str, one["loc"])) for one in error.errors(include_url=False)]
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
