"""Format a link proposal for the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps_app.queries.link_proposal import LinkProposal, describe_no_match
from templates_app.appspec.linking.component_matching import ComponentMatch
from templates_app.appspec.linking.equivalence import find_sealed_names
from templates_app.appspec.linking.parameter_inference import InferredParameter
from templates_app.appspec.presentation.path_labels import describe_path
from upgrades_app.engine.comparison.redaction import DOTS

_STATES = {
    "declined": "not present; offered with the next upgrade",
    "removed_locally": "not present; excluded permanently",
}


def format_link(proposal: LinkProposal) -> Iterator[str]:
    """Yield the matches, inferred values and local changes."""
    yield f"{proposal.application} as {proposal.version}"
    yield from (f"  {_format_matches(proposal, match)}" for match in proposal.matches)
    yield from (f"  {key:<20} not linked" for key in proposal.own_components)
    sealed = find_sealed_names(proposal.base.parameters)
    for name, text in sorted(proposal.linked.desired_values.items()):
        yield f"  value {name} = {DOTS if name in sealed else text}"
    for name, guesses in sorted(proposal.linked.contradicting.items()):
        candidates = _format_contradictions(guesses, hidden=name in sealed)
        yield f"  value {name} is ambiguous: {candidates}. Choose one with --set."
    for change in proposal.comparison.changes:
        yield f"  {change.symbol} {describe_path(change.path)}: {change.describe()}"
    if proposal.has_no_match:
        yield describe_no_match(proposal)
        return
    yield f"{_count_changes(proposal.changes)}. The target is not changed."


def build_link_data(proposal: LinkProposal) -> dict[str, Any]:
    """Return the proposal as JSON, without secrets."""
    sealed = find_sealed_names(proposal.base.parameters)
    desired = proposal.linked.desired_values
    return {
        "application": proposal.application.slug,
        "template": proposal.version.template.slug,
        "version": proposal.version.version,
        "components": [
            {
                "template_key": match.template_key,
                "key": match.key or None,
                "reason": match.reason,
                "state": proposal.state_of(match),
            }
            for match in proposal.matches
        ],
        "own": list(proposal.own_components),
        "values": {name: text for name, text in sorted(desired.items()) if name not in sealed},
        "secrets": sorted(desired.keys() & sealed),
        "not_clear": {
            name: [{"value": None if name in sealed else guess.value, "places": len(guess.places)} for guess in guesses]
            for name, guesses in sorted(proposal.linked.contradicting.items())
        },
        "local_changes": [
            {"path": change.address, "sentence": change.describe()} for change in proposal.comparison.changes
        ],
    }


def _format_matches(proposal: LinkProposal, match: ComponentMatch) -> str:
    text = match.key if match.is_matched else _STATES[proposal.state_of(match)]
    return f"{match.template_key:<20} {text}  ({match.reason})"


def _format_contradictions(guesses: tuple[InferredParameter, ...], *, hidden: bool) -> str:
    return ", ".join(
        f"{DOTS if hidden else guess.value or 'not set'} in {describe_path(guess.places[0])}" for guess in guesses
    )


def _count_changes(changes: int) -> str:
    if not changes:
        return "No local changes"
    return f"{changes} local change{'' if changes == 1 else 's'}"
