"""Audit entries in people's words."""

import pytest

from config.accounts.auditing.descriptions import details, type_word

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("data", "told"),
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
def test_what_an_entry_holds_is_told_in_words(data: dict[str, object], told: list[str]) -> None:
    assert [str(describe_detail) for describe_detail in details(data)] == told


def test_a_digest_is_told_whole_and_known_as_one() -> None:
    [detail] = details({"digest": DIGEST})
    assert (detail.text, detail.is_digest) == (DIGEST, True)


def test_kinds_have_a_word_also_when_they_are_gone() -> None:
    assert type_word("upgrades_app.upgraderecord") == "upgrade record"
    assert type_word("gone_app.thing") == "thing"
