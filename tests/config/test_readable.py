"""Audit entries in people's words."""

import pytest

from config.accounts.auditing.descriptions import describe_details, describe_type

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("data", "described"),
    [
        ({}, []),
        ({"member": "ada", "role": "Viewer", "alias": "", "tags": []}, ["member: ada", "role: Viewer"]),
        ({"from": "Viewer", "to": "Owner", "member": "ada"}, ["Viewer → Owner", "member: ada"]),
        ({"before": {"name": "Shop", "tags": []}, "after": {"name": "Store", "tags": ["web"]}},
         ["name: Shop → Store", "tags: none → web"]),
        ({"before": {"notes": "one\ntwo"}, "after": {"notes": "three"}}, ["notes: changed"]),
        ({"left_out": ["db", "web"], "independent": True}, ["independent: yes", "left out: db, web"]),
        ({"notices": [{"key": "build"}, {"key": "links"}]}, ["notices: 2"]),
        ({"said": ["web: image a → b"], "components": ["web"], "reason": "old"}, ["web: image a → b", "reason: old"]),
        ({"said": []}, []),
    ],
)  # fmt: skip
def test_what_an_entry_holds_is_told_in_words(data: dict[str, object], described: list[str]) -> None:
    assert [str(describe_detail) for describe_detail in describe_details(data)] == described


def test_a_digest_is_told_whole_and_known_as_one() -> None:
    [detail] = describe_details({"digest": DIGEST})
    assert (detail.text, detail.is_digest) == (DIGEST, True)


def test_kinds_have_a_word_also_when_they_are_gone() -> None:
    assert describe_type("upgrades_app.upgraderecord") == "upgrade record"
    assert describe_type("gone_app.thing") == "thing"
