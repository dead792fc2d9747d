"""Which versions an installation may go to, and why not the others, as the pages list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps_app.models import Installation
from templates_app.appspec.versioning.upgrade_candidates import Candidate, Refusal, offers, up_to_date, why_not
from templates_app.models import TemplateVersion


@dataclass(frozen=True, slots=True)
class Offer(Candidate):
    """A version of the template with its row."""

    row: TemplateVersion


@dataclass(frozen=True, slots=True)
class Offered:
    """`offers` newest first; `refusals` the others with the reason; `sentence` why nothing is offered, or ""."""

    offers: tuple[Offer, ...]
    refusals: tuple[Refusal, ...]
    sentence: str

    @property
    def rows(self) -> tuple[TemplateVersion, ...]:
        return tuple(choice.row for choice in self.offers)


def offered_to(installation: Installation, current: TemplateVersion) -> Offered:
    """What an installation that is at `current` may go to. One query, without the documents."""
    versions = installation.template.versions.defer("document").select_related("released_by")
    everything = [Offer(version.version, version.sort_key, version.state, version) for version in versions]  # type: ignore[arg-type]  # its State
    if installation.channel == Installation.Channel.ALL:
        considered: Sequence[Offer] = everything
        held: list[Refusal] = []
    else:
        considered = [
            choice for choice in everything if not choice.row.prerelease or choice.sort_key <= current.sort_key
        ]
        held = [_held(choice) for choice in everything if choice not in considered]
    keys = {choice.version: choice.sort_key for choice in everything}
    refusals = [*why_not(current.sort_key, considered), *held]
    refusals.sort(key=lambda refusal: keys[refusal.version], reverse=True)
    return Offered(
        offers(current.sort_key, considered),
        tuple(refusals),
        up_to_date(current.version, current.sort_key, considered),
    )


def _held(choice: Offer) -> Refusal:
    return Refusal(choice.version, f"{choice.version} is a pre-release; this application takes final releases only.")
