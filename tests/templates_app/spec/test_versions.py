"""Versions are read, ordered and said as PEP 440 has it; the key alone orders as the versions do."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from packaging.version import Version

from templates_app.appspec.versioning.versions import (
    MAX_LENGTH,
    VersionError,
    matches,
    read,
    sentence,
    sort_key,
    suggestions,
)
from tests.templates_app.spec.strategies import law

NUMBERS = st.integers(0, 12) | st.integers(0, 10**9)


@st.composite
def version_texts(draw: st.DrawFn) -> str:
    release = ".".join(map(str, draw(st.lists(NUMBERS, min_size=1, max_size=4))))
    epoch = draw(st.sampled_from(["", "", "1!", "10!"]))
    pre = draw(st.sampled_from(["", "", "a", "b", "rc", "-beta.", ".c"]))
    parts = [f"{pre}{draw(NUMBERS)}" if pre else ""]
    parts += [f"{word}{draw(NUMBERS)}" if draw(st.booleans()) else "" for word in (".post", ".dev")]
    local = draw(st.lists(st.sampled_from(["a", "ab", "1", "10", "9", "a1", "01"]), max_size=3))
    text = f"{draw(st.sampled_from(['', 'v']))}{epoch}{release}{''.join(parts)}{'+' + '.'.join(local) if local else ''}"
    assume(len(text) <= MAX_LENGTH)
    return text


@law
@given(version_texts(), version_texts())
@example("1.0", "1.0.0")
@example("1.0.dev1", "1.0a1.dev1")
@example("1.0.post1.dev1", "1.0.post1")
@example("1.0.post1.dev1", "1.0")
@example("1.10", "1.9")
@example("1.0+a", "1.0+1")
def test_keys_order_as_the_versions_do(version: str, other: str) -> None:
    first, second = sort_key(version).encode("ascii"), sort_key(other).encode("ascii")
    assert (first < second) == (Version(version) < Version(other))
    assert (first == second) == (Version(version) == Version(other))


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("1..0", "1.0"),
        ("1.0-SNAPSHOT", "1.0.dev0"),
        ("v2,3", "2.3"),
        ("1.0-hotfix2", "1.0.post2"),
        ("release-1.2", "1.2"),
        ("24.6.0-foo_bar", "24.6.0+foo.bar"),
        ("latest", ""),
        ("", "1.0"),
        ("1" * 65, ""),
        ("٣.٤", ""),
    ],
)
def test_what_is_no_version_is_refused_with_the_nearest(text: str, suggestion: str) -> None:
    with pytest.raises(VersionError) as caught:
        read(text)
    assert caught.value.suggestion == suggestion
    assert suggestion in str(caught.value)


@law
@given(st.text(max_size=80))
def test_every_text_is_read_or_refused_and_every_suggestion_can_be_read(text: str) -> None:
    suggestion = refused(text)
    assert not suggestion or refused(suggestion) is None


def refused(text: str) -> str | None:
    try:
        read(text)
    except VersionError as error:
        return error.suggestion
    return None


@pytest.mark.parametrize(
    ("text", "newest", "expected"),
    [
        ("1.4.2.post1", "1.4.2", "1.4.2 post-release 1, newer than 1.4.2"),
        ("1.4.2-1", "1.4.2", "1.4.2 post-release 1, newer than 1.4.2"),
        ("1.1rc1", "1.1", "1.1 release candidate 1, older than 1.1"),
        ("v1.0.0", "1.0", "1.0.0, the same version as 1.0"),
        ("1!2.0.dev3+ab.1", None, "epoch 1, 2.0 development release 3 local build ab.1, the first version"),
    ],
)
def test_how_a_version_is_read(text: str, newest: str | None, expected: str) -> None:
    assert sentence(text, newest) == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, ("1.0",)),
        ("1.0", ("1.1", "2.0")),
        ("v1.4.2", ("v1.4.3", "v1.5.0", "v2.0.0")),
        ("7", ("8",)),
        ("1.1rc1", ("1.1rc2", "1.1")),
        ("1.1rc1.dev2", ("1.1rc1",)),
        ("1.4.2.post1", ("1.4.3", "1.5.0", "2.0.0")),
        ("2.0.dev3", ("2.0",)),
        ("1!1.0", ("1!1.1", "1!2.0")),
    ],
)
def test_suggestions_keep_the_number_of_parts(last: str | None, expected: tuple[str, ...]) -> None:
    assert suggestions(last) == expected


@law
@given(version_texts())
def test_suggestions_are_newer(last: str) -> None:
    for suggest_version in suggestions(last):
        assert Version(suggest_version) > Version(last.split("+", maxsplit=1)[0])


def test_choosing_versions_by_specifier() -> None:
    assert matches(">=1.0,<2", "1.5rc1")
    assert not matches(">=1.0,<2", "2.0")
    assert matches("1.0", "1.0.0")
    assert matches("", "3")
    assert matches("~=1.4", "1.9")
    with pytest.raises(VersionError):
        matches(">=one", "1.0")
    with pytest.raises(VersionError):
        matches(">=1", "one")
