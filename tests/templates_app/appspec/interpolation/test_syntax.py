"""References in text, by the Compose Specification's rules of interpolation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.appspec.interpolation.syntax import (
    TextError,
    escape,
    find_names,
    parse_pieces,
    substitute,
    substitute_all,
)
from tests.templates_app.appspec.strategies import law

VALUES = {"SET": "value", "EMPTY": "", "DOLLAR": "a$b${c}"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("$SET-$SET", "value-value"),
        ("${SET}x", "valuex"),
        ("$UNSET|${UNSET}|${EMPTY}", "||"),
        ("${UNSET:-x}|${EMPTY:-x}|${SET:-x}", "x|x|value"),
        ("${UNSET-x}|${EMPTY-x}|${SET-x}", "x||value"),
        ("${UNSET:+x}|${EMPTY:+x}|${SET:+x}", "||x"),
        ("${UNSET+x}|${EMPTY+x}|${SET+x}", "|x|x"),
        ("${SET:?m}|${EMPTY?m}", "value|"),
        ("${UNSET:-${EMPTY:-${SET}}}", "value"),
        ("${UNSET:-a$$b}", "a$b"),
        ("$$SET $${SET} $$$SET", "$SET ${SET} $value"),
        ("${UNSET:-http://h:1/?a=b}", "http://h:1/?a=b"),
        ("${UNSET:-}", ""),
        ("}", "}"),
        ("$DOLLAR", "a$b${c}"),
    ],
)
def test_values_for_references(text: str, expected: str) -> None:
    assert substitute_all(text, VALUES) == expected
    assert substitute_all(substitute(text, VALUES), {}) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${UNSET:?say it}", "UNSET needs a value: say it"),
        ("${EMPTY:?}", "EMPTY needs a value"),
        ("${UNSET?for ${SET}}", "UNSET needs a value: for value"),
        ("a $", "'$' at character 3 does not start a reference; write '$$' for a literal dollar sign"),
        ("$1", "'$' at character 1 does not start a reference; write '$$' for a literal dollar sign"),
        ("${", "'${' at character 1 is not followed by a name"),
        ("${A", "'${A' at character 1 is not closed"),
        ("${A:-", "unclosed '${'"),
        ("${A!}", "'${A' at character 1 is not closed"),
    ],
)
def test_what_cannot_be_replaced_says_why(text: str, message: str) -> None:
    with pytest.raises(TextError) as caught:
        substitute_all(text, VALUES)
    assert str(caught.value) == message


def test_names_are_found_in_arguments_too() -> None:
    assert find_names("$A ${B:-${C:+$D}} $$E") == {"A", "B", "C", "D"}


def test_kept_names_stay_as_they_are_written() -> None:
    assert substitute("$A ${A:-$B} ${B}", {"B": "b$"}, frozenset({"A"})) == "$A ${A:-b$$} b$$"


@law
@given(st.text())
def test_a_literal_comes_out_as_it_went_in(text: str) -> None:
    assert substitute_all(escape(text), {"A": "x"}) == text
    assert substitute(escape(text), {}) == escape(text)


@law
@given(st.text(alphabet="${}:-?+AB x", max_size=20), st.dictionaries(st.sampled_from(["A", "B"]), st.text(max_size=5)))
def test_substituting_is_done_once_and_means_the_same(text: str, values: dict[str, str]) -> None:
    try:
        expected = substitute_all(text, values)
    except TextError:
        with pytest.raises(TextError):
            substitute(text, values)
        return
    once = substitute(text, values)
    assert find_names(once) == frozenset()
    assert substitute(once, {"A": "other", "B": "other"}) == once
    assert substitute_all(once, {}) == expected


@law
@given(st.text(alphabet="${}:-AB x", max_size=20), st.text(max_size=5), st.text(max_size=5))
def test_secrets_last_is_the_same_as_all_at_once(text: str, open_value: str, secret: str) -> None:
    try:
        at_once = substitute_all(text, {"A": open_value, "B": secret})
        in_two = substitute(text, {"A": open_value}, frozenset({"B"}))
    except TextError:
        return
    assert substitute_all(in_two, {"B": secret}) == at_once


def test_deep_nesting_is_a_text_error() -> None:
    deep = "${A:-" * 5000 + "}" * 5000
    with pytest.raises(TextError, match="nested too deeply"):
        parse_pieces(deep)
