"""Which versions an installation may go to, and why not the others, as the pages list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps_app.models import Installation
from templates_app.appspec.versioning.upgrade_candidates import (
    Candidate,
    CandidateRefusal,
    find_refusal,
    is_up_to_date,
    list_candidates,
)
from templates_app.models import TemplateVersion


@dataclass(frozen=True, slots=True)
class VersionChoice(Candidate):
    """A version of the template with its row."""

    row: TemplateVersion


@dataclass(frozen=True, slots=True)
class VersionChoices:
    """`offers` newest first; `refusals` the others with the reason; `sentence` why nothing is offered, or ""."""

    choices: tuple[VersionChoice, ...]
    refusals: tuple[CandidateRefusal, ...]
    sentence: str

    @property
    def rows(self) -> tuple[TemplateVersion, ...]:
        return tuple(choice.row for choice in self.choices)


def list_version_choices(installation: Installation, current: TemplateVersion) -> VersionChoices:
    """What an installation that is at `current` may go to. One query, without the documents."""
    versions = installation.template.versions.defer("document").select_related("released_by")
    everything = [VersionChoice(version.version, version.sort_key, version.state, version) for version in versions]  # type: ignore[arg-type]  # its State
    if installation.channel == Installation.Channel.ALL:
        considered: Sequence[VersionChoice] = everything
        held: list[CandidateRefusal] = []
    else:
        considered = [
            choice for choice in everything if not choice.row.prerelease or choice.sort_key <= current.sort_key
        ]
        held = [_describe_lock(choice) for choice in everything if choice not in considered]
    keys = {choice.version: choice.sort_key for choice in everything}
    refusals = [*find_refusal(current.sort_key, considered), *held]
    refusals.sort(key=lambda refusal: keys[refusal.version], reverse=True)
    return VersionChoices(
        list_candidates(current.sort_key, considered),
        tuple(refusals),
        is_up_to_date(current.version, current.sort_key, considered),
    )


def _describe_lock(choice: VersionChoice) -> CandidateRefusal:
    return CandidateRefusal(
        choice.version, f"{choice.version} is a pre-release; this application takes final releases only."
    )
