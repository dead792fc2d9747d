"""A text with references over a literal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.appspec.interpolation.syntax import literal, plain
from templates_app.appspec.linking.parameter_inference import laid_over


@pytest.mark.parametrize(
    ("text", "read", "expected"),
    [
        ("${LEVEL}", "debug", {"LEVEL": "debug"}),
        ("${LEVEL:-info}", "debug", {"LEVEL": "debug"}),
        ("${LEVEL}", "", {"LEVEL": ""}),
        ("${LEVEL:-info}", "", None),
        ("postgres://${USER}@${HOST}/shop", "postgres://ada@db/shop", {"USER": "ada", "HOST": "db"}),
        ("${A}-${B}", "a-b", {"A": "a", "B": "b"}),
        ("${A}-${B}", "a-b-c", None),
        ("${A}${B}", "ab", None),
        ("${A}/${A}", "1/1", {"A": "1"}),
        ("${A}/${A}", "1/2", None),
        ("web:${TAG}", "api:1.0", None),
        ("$$${PRICE}", "$5", {"PRICE": "5"}),
        ("${A:+x}", "x", None),
        ("fixed", "fixed", {}),
        ("fixed", "other", None),
        ("${", "x", None),
    ],
)
def test_says_what_each_reference_must_have_been(text: str, read: str, expected: dict[str, str] | None) -> None:
    assert laid_over(text, read) == expected


WORDS = st.text(alphabet="ab/-", max_size=6)


@given(st.lists(st.tuples(WORDS, st.sampled_from(["A", "B", "C"])), max_size=4), WORDS, st.dictionaries(
    st.sampled_from(["A", "B", "C"]), WORDS, min_size=3
))  # fmt: skip
def test_what_it_says_reads_as_the_literal(parts: list[tuple[str, str]], end: str, values: dict[str, str]) -> None:
    text = "".join(f"{literal(word)}${{{name}}}" for word, name in parts) + end
    read = plain(text, values)
    result = laid_over(text, read)
    assert result is None or plain(text, result) == read
