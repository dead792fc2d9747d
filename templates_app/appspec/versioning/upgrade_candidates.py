"""Which versions an installation may go to, and why not the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

type VersionState = Literal["draft", "released", "deprecated", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One version of the template: as it is written, where it stands, and what became of it."""

    version: str
    sort_key: str
    state: VersionState


@dataclass(frozen=True, slots=True)
class Refusal:
    """A version that is not offered, and the sentence why."""

    version: str
    reason: str


def offers[C: Candidate](current_key: str, versions: Sequence[C]) -> tuple[C, ...]:
    """The released versions newer than the current one, newest first. Keys are those of `versions.sort_key`."""
    newer = (version for version in versions if version.state == "released" and version.sort_key > current_key)
    return tuple(sorted(newer, key=lambda c: c.sort_key, reverse=True))


def why_not(current_key: str, versions: Sequence[Candidate]) -> tuple[Refusal, ...]:
    """Every version that is not offered with the reason, newest first; the current one is left out."""
    offered = {candidate.sort_key for candidate in offers(current_key, versions)}
    others = [
        candidate for candidate in versions if candidate.sort_key not in offered and candidate.sort_key != current_key
    ]
    others.sort(key=lambda candidate: candidate.sort_key, reverse=True)
    return tuple(Refusal(candidate.version, reason(current_key, candidate)) for candidate in others)


def reason(current_key: str, candidate: Candidate) -> str:
    """Why a version is not offered, as a sentence; "" for one that is."""
    if candidate.sort_key == current_key:
        return f"{candidate.version} is what is installed."
    if candidate.state == "draft":
        return f"{candidate.version} is not released yet."
    if candidate.state == "withdrawn":
        return f"{candidate.version} was withdrawn."
    if candidate.sort_key < current_key:
        return f"{candidate.version} is older than what is installed; go back to it from the history."
    if candidate.state == "deprecated":
        return f"{candidate.version} is deprecated: it is not offered to anybody new."
    return ""


def up_to_date(current: str, current_key: str, versions: Sequence[Candidate]) -> str:
    """Why nothing is offered, as one sentence; "" where something is."""
    if offers(current_key, versions):
        return ""
    newer = sorted(
        (candidate for candidate in versions if candidate.sort_key > current_key),
        key=lambda candidate: candidate.sort_key,
    )
    if not newer:
        return f"{current} is the newest version."
    return f"{current} is the newest released version: {reason(current_key, newer[-1])}"
