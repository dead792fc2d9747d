"""What is better done with a component before it is saved: each proposal is ticked already, and asked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from templates_app.spec.component import ComponentSpec
from templates_app.spec.model import AppSpec
from templates_app.spec.render import used_parameters
from templates_app.spec.secrets import looks_like_credential
from templates_app.spec.text import TextError

_SECRET, _DECLARE = "secret:", "declare:"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One box to tick; `id` comes back when it was shown and when it was accepted."""

    id: str
    sentence: str
    reason: str


def proposals(spec: AppSpec, before: ComponentSpec, after: ComponentSpec) -> tuple[Proposal, ...]:
    """Credentials that were typed in plain, and references to parameters that are not there yet."""
    secret = [
        Proposal(f"{_SECRET}{name}", f"Make {name} a secret parameter", reason)
        for name, value in after.env.items()
        if value and value != before.env.get(name) and (reason := looks_like_credential(name, value))
    ]
    try:
        unknown = sorted(used_parameters(after) - spec.parameters.keys())
    except TextError:
        unknown = []
    declare = [
        Proposal(
            f"{_DECLARE}{name}",
            f"Add the parameter {name}",
            "It is referred to and not there yet; its value is set under Settings.",
        )
        for name in unknown
    ]
    return (*secret, *declare)


def unasked(found: tuple[Proposal, ...], data: QueryDict) -> tuple[Proposal, ...]:
    """The proposals when one of them was not shown yet; none when each was answered."""
    shown = set(data.getlist("shown"))
    return found if any(one.id not in shown for one in found) else ()


def accepted_secrets(found: tuple[Proposal, ...], data: QueryDict, spec: AppSpec) -> Mapping[str, str]:
    """The variables to make secret, each with a free parameter name."""
    taken = set(spec.parameters)
    chosen: dict[str, str] = {}
    for one in found:
        if one.id.startswith(_SECRET) and one.id in data.getlist("accept"):
            variable = one.id.removeprefix(_SECRET)
            chosen[variable] = _free(variable, taken)
            taken.add(chosen[variable])
    return chosen


def accepted_parameters(found: tuple[Proposal, ...], data: QueryDict) -> tuple[str, ...]:
    """The parameters to add."""
    accepted = data.getlist("accept")
    return tuple(one.id.removeprefix(_DECLARE) for one in found if one.id.startswith(_DECLARE) and one.id in accepted)


def _free(variable: str, taken: set[str]) -> str:
    stem = "".join(letter if letter.isascii() and (letter.isalnum() or letter == "_") else "_" for letter in variable)
    stem = f"_{stem}" if stem[:1].isdigit() else stem
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}_{number}", number + 1
    return name
