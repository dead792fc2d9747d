"""What attaching would make of an application, for the terminal and for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps_app.queries.link_proposal import Proposal, nothing_matches
from templates_app.appspec.linking.component_matching import Match
from templates_app.appspec.linking.equivalence import sealed_names
from templates_app.appspec.linking.parameter_inference import Guess
from templates_app.appspec.presentation.path_labels import place
from upgrades_app.engine.comparison.redaction import DOTS

_STATES = {"declined": "not here; offered with the next upgrade", "removed_locally": "not here; left out for good"}


def attachment_lines(proposal: Proposal) -> Iterator[str]:
    """The matches, the values that were found, and what differs from the version."""
    yield f"{proposal.application} as {proposal.version}"
    yield from (f"  {_matched(proposal, match)}" for match in proposal.matches)
    yield from (f"  {key:<20} stays its own" for key in proposal.own)
    sealed = sealed_names(proposal.base.parameters)
    for name, text in sorted(proposal.attached.wanted.items()):
        yield f"  value {name} = {DOTS if name in sealed else text}"
    for name, guesses in sorted(proposal.attached.contradicting.items()):
        yield f"  value {name} is not clear: {_disagreeing(guesses, hidden=name in sealed)}. Give it with --set."
    for change in proposal.comparison.changes:
        yield f"  {change.symbol} {place(change.path)}: {change.sentence()}"
    if proposal.matches_nothing:
        yield nothing_matches(proposal)
        return
    yield f"{_counted(proposal.changes)}. Nothing on the target changes."


def attachment_data(proposal: Proposal) -> dict[str, Any]:
    """The same as plain JSON, without any secret."""
    sealed = sealed_names(proposal.base.parameters)
    desired = proposal.attached.wanted
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
        "own": list(proposal.own),
        "values": {name: text for name, text in sorted(desired.items()) if name not in sealed},
        "secrets": sorted(desired.keys() & sealed),
        "not_clear": {
            name: [{"value": None if name in sealed else guess.value, "places": len(guess.places)} for guess in guesses]
            for name, guesses in sorted(proposal.attached.contradicting.items())
        },
        "local_changes": [
            {"path": change.address, "sentence": change.sentence()} for change in proposal.comparison.changes
        ],
    }


def _matched(proposal: Proposal, match: Match) -> str:
    text = match.key if match.found else _STATES[proposal.state_of(match)]
    return f"{match.template_key:<20} {text}  ({match.reason})"


def _disagreeing(guesses: tuple[Guess, ...], *, hidden: bool) -> str:
    return ", ".join(f"{DOTS if hidden else guess.value or 'not set'} in {place(guess.places[0])}" for guess in guesses)


def _counted(changes: int) -> str:
    if not changes:
        return "Nothing differs from the version"
    return f"{changes} local change{'' if changes == 1 else 's'}"
