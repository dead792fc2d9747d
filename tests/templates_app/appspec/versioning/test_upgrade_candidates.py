"""What an installation may go to, and why not anywhere else."""

from templates_app.appspec.versioning.upgrade_candidates import (
    Candidate,
    VersionState,
    describe_refusal,
    find_refusal,
    is_up_to_date,
    list_candidates,
)
from templates_app.appspec.versioning.versions import compute_sort_key


def candidate(version: str, state: VersionState = "released") -> Candidate:
    return Candidate(version, compute_sort_key(version), state)


ONE = compute_sort_key("1.0.0")
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
    assert [item.version for item in list_candidates(ONE, VERSIONS)] == ["1.10", "1.9"]


def test_every_other_has_its_reason() -> None:
    assert [(refusal.version, refusal.reason) for refusal in find_refusal(ONE, VERSIONS)] == [
        ("2.0", "2.0 is not released yet."),
        ("1.12", "1.12 is deprecated and not offered."),
        ("1.11", "1.11 is withdrawn."),
        ("0.9", "0.9 is older than what is installed. Roll back from the history instead."),
    ]


def test_offered_ones_and_the_current_one() -> None:
    assert describe_refusal(ONE, candidate("1.9")) == ""
    assert describe_refusal(ONE, candidate("1.0")) == "1.0 is already installed."


def test_why_nothing_is_offered() -> None:
    assert is_up_to_date("1.0", ONE, VERSIONS) == ""
    assert is_up_to_date("1.0", ONE, [candidate("1.0"), candidate("0.9")]) == "1.0 is the newest version."
    drafted = [candidate("1.0"), candidate("2.0", "draft")]
    assert is_up_to_date("1.0", ONE, drafted) == "1.0 is the newest released version: 2.0 is not released yet."
