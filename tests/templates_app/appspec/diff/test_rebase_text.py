"""What somebody changed elsewhere, carried into the text that Uplift keeps."""

from collections.abc import Callable
from typing import Any

import pytest

from templates_app.appspec.diff.rebase_text import rebase_text
from templates_app.appspec.interpolation.syntax import substitute_all


def as_it_is(text: str) -> str:
    return text


def with_values(text: str) -> str:
    return substitute_all(text, {"PORT": "8080"})


@pytest.mark.parametrize(
    ("own", "was", "now", "read", "expected"),
    [
        pytest.param({"image": "a:${T}"}, {"image": "a:1"}, {"image": "a:1"}, as_it_is, {"image": "a:${T}"}, id="same"),
        pytest.param({"image": "a:${T}"}, {"image": "a:1"}, {"image": "a:2"}, as_it_is, {"image": "a:2"}, id="moved"),
        pytest.param({"run": "x"}, {}, {}, as_it_is, {"run": "x"}, id="known here alone"),
        pytest.param({"user": "1"}, {"user": "1"}, {}, as_it_is, {}, id="gone"),
        pytest.param({}, {}, {"user": "1"}, as_it_is, {"user": "1"}, id="come"),
        pytest.param({"user": "1"}, {"user": "0"}, {}, as_it_is, {}, id="gone, and written otherwise"),
        pytest.param(
            {"env": {"A": "${S}", "B": "2"}},
            {"env": {"A": "1", "B": "2"}},
            {"env": {"A": "1", "C": "3"}},
            as_it_is,
            {"env": {"A": "${S}", "C": "3"}},
            id="map by key",
        ),
        pytest.param(
            {"command": ["a", "${S}"]},
            {"command": ["a", "1"]},
            {"command": ["b", "-v", "1"]},
            as_it_is,
            {"command": ["b", "-v", "${S}"]},
            id="list keeps what stands in both",
        ),
        pytest.param(
            {"command": ["${S}"]},
            {"command": ["sh", "-c", "1"]},
            {"command": ["sh", "-x", "1"]},
            as_it_is,
            {"command": ["sh", "-x", "1"]},
            id="list that reads otherwise moves whole",
        ),
        pytest.param(
            {"ports": {"80/tcp": {"${PORT}": {}}}},
            {"ports": {"80/tcp": {"8080": {}}}},
            {"ports": {"80/tcp": {"8080": {}}, "81/tcp": {}}},
            with_values,
            {"ports": {"80/tcp": {"${PORT}": {}}, "81/tcp": {}}},
            id="keys keep their references",
        ),
        pytest.param(
            {"ports": {"80/tcp": {"${PORT}": {}}}},
            {"ports": {"80/tcp": {"8080": {}}}},
            {"ports": {"80/tcp": {"8081": {}}}},
            with_values,
            {"ports": {"80/tcp": {"8081": {}}}},
            id="keys with references move",
        ),
    ],
)
def test_only_what_moved_is_carried(
    own: dict[str, Any],
    was: dict[str, Any],
    now: dict[str, Any],
    read: Callable[[str], str],
    expected: dict[str, Any],
) -> None:
    assert rebase_text(own, was, now, read) == expected
