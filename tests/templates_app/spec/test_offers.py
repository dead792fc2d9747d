"""What an installation may go to, and why not anywhere else."""

from templates_app.appspec.versioning.upgrade_candidates import (
    Candidate,
    VersionState,
    offers,
    reason,
    up_to_date,
    why_not,
)
from templates_app.appspec.versioning.versions import sort_key


def candidate(version: str, state: VersionState = "released") -> Candidate:
    return Candidate(version, sort_key(version), state)


ONE = sort_key("1.0.0")
VERSIONS = [
    candidate("0.9"),
    candidate("1.0"),
    candidate("1.9"),
    candidate("1.10"),
    candidate("1.11", "withdrawn"),
    candidate("1.12", "deprecated"),
    candidate("2.0", "draft"),
]


def test_released_and_newer_ones_newest_first() -> None:
    assert [item.version for item in offers(ONE, VERSIONS)] == ["1.10", "1.9"]


def test_every_other_has_its_reason() -> None:
    assert [(refusal.version, refusal.reason) for refusal in why_not(ONE, VERSIONS)] == [
        ("2.0", "2.0 is not released yet."),
        ("1.12", "1.12 is deprecated: it is not offered to anybody new."),
        ("1.11", "1.11 was withdrawn."),
        ("0.9", "0.9 is older than what is installed; go back to it from the history."),
    ]


def test_offered_ones_and_the_current_one() -> None:
    assert reason(ONE, candidate("1.9")) == ""
    assert reason(ONE, candidate("1.0")) == "1.0 is what is installed."


def test_why_nothing_is_offered() -> None:
    assert up_to_date("1.0", ONE, VERSIONS) == ""
    assert up_to_date("1.0", ONE, [candidate("1.0"), candidate("0.9")]) == "1.0 is the newest version."
    drafted = [candidate("1.0"), candidate("2.0", "draft")]
    assert up_to_date("1.0", ONE, drafted) == "1.0 is the newest released version: 2.0 is not released yet."
