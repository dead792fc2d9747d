"""Values in words by their place, where the bare value would say nothing."""

from typing import Any

import pytest

from templates_app.appspec.diff.diff import compare
from templates_app.appspec.presentation.value_labels import sides
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse

WEB: dict[str, Any] = {"image": "web:1"}
SAYS = [
    ({"ports": {"80/tcp": {}}}, "Ports 80/tcp", "not published"),
    ({"ports": {"80/tcp": {"8080": {}, "": {}}}}, "Ports 80/tcp", "published as any free port, 8080"),
    ({"mounts": {"/d": {"source": "data", "read_only": True}}}, "Mounts /d", "volume data, read only"),
    ({"mounts": {"/d": {}}}, "Mounts /d", "volume of its own"),
    ({"depends_on": {"db": {}}}, "Depends on db", "started"),
    ({"depends_on": {"db": {"condition": "healthy", "required": False}}}, "Depends on db", "healthy, if it is there"),
    ({"networks": {"front": {}}}, "Networks front", "joined"),
    ({"networks": {"front": {"aliases": ["a", "b"]}}}, "Networks front", "joined, aliases a b"),
    ({"probes": {"liveness": {"shell": "true", "retries": 3}}}, "Probes liveness", "true, retries 3"),
    ({"env": {"HOME": None}}, "Environment HOME", "passed on from the host"),
    ({"env": {"EMPTY": ""}}, "Environment EMPTY", "(empty)"),
    ({"config_files": {"/a": {"content": "one\ntwo"}}}, "Config files /a", "2 lines"),
    ({"config_files": {"/a": {"content": "${P}", "secret": True}}}, "Config files /a", "a secret file"),
    ({"engine": {"cap_add": ["NET_ADMIN"]}}, "Engine options cap_add", "NET_ADMIN"),
]


def only_change(before: AppSpec, after: AppSpec) -> tuple[str, tuple[str | None, str | None]]:
    (change,) = compare(before, after).changes
    return change.label, sides(change)


@pytest.mark.parametrize(("more", "label", "words"), SAYS)
def test_an_entry_that_comes_and_goes(more: dict[str, Any], label: str, words: str) -> None:
    before, after = parse({"components": {"web": WEB}}), parse({"components": {"web": {**WEB, **more}}})
    assert only_change(before, after) == (label, (None, words))
    assert only_change(after, before) == (label, (words, None))


def test_a_port_that_is_published_now() -> None:
    bindings: tuple[dict[str, Any], ...] = ({}, {"8080": {}})
    before, after = (parse({"components": {"web": {"ports": {"80/tcp": binding}}}}) for binding in bindings)
    assert only_change(before, after)[1] == (None, "published")


@pytest.mark.parametrize(
    ("section", "value", "words"),
    [
        ("volumes", {}, "of the default kind"),
        ("volumes", {"driver": "nfs", "external": True}, "driver nfs, external"),
        ("networks", {}, "of the default kind"),
        ("parameters", {}, "asked when installing"),
        ("parameters", {"fixed": True, "default": "1"}, "fixed by the version, default 1"),
        ("parameters", {"secret": True, "required": True}, "asked when installing, secret, required"),
    ],
)
def test_what_stands_around_the_components(section: str, value: dict[str, Any], words: str) -> None:
    assert only_change(parse({}), parse({section: {"a": value}}))[1] == (None, words)
