"""The readers below the Compose reader: scalars, words, .env files."""

import math

import pytest

from apps_app.formats.compose.env_file import read_env
from apps_app.formats.compose.errors import ComposeError
from apps_app.formats.compose.key_normalizers import cut_short, split
from apps_app.formats.compose.yaml_scalars import as_text, typed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("Null", None),
        ("nUll", "nUll"),
        ("TRUE", True),
        ("yes", "yes"),
        ("off", "off"),
        ("12:30", "12:30"),
        ("0777", 511),
        ("0o17", 15),
        ("-0x1F", -31),
        ("0b11", 3),
        ("1_000", 1000),
        ("08", 8.0),
        ("1.", 1.0),
        ("+.5e2", 50.0),
        (".inf", math.inf),
        ("1.2.3", "1.2.3"),
        ("-", "-"),
        ("3000-3005", "3000-3005"),
        ("2024-01-01", "2024-01-01 00:00:00 +0000 UTC"),
        ("2024-13-01", "2024-13-01"),
    ],
)
def test_plain_scalar(text: str, value: object) -> None:
    scalar = typed(text)
    assert scalar == value
    assert type(scalar) is type(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, ""),
        (5, "5"),
        (0.5, "0.5"),
        (2.0, "2"),
        (0.0, "0"),
        (100000.0, "100000"),
        (1e6, "1e+06"),
        (123456789.5, "1.234567895e+08"),
        (0.0001, "0.0001"),
        (1e-5, "1e-05"),
        (-1.5e30, "-1.5e+30"),
        (math.inf, "+Inf"),
        (math.nan, "NaN"),
    ],
)
def test_value_as_text(value: float | None, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", ()),
        ("  a\t b\n", ("a", "b")),
        ("""a "b c" 'd "e"' """, ("a", "b c", 'd "e"')),
        ('a"b c"d', ("ab cd",)),
        ('"" x', ("", "x")),
        (r"a\ b c\"d '\n'", ("a b", 'c"d', r"\n")),
        ("sh -c ls && rm", ("sh", "-c", "ls")),
        ("echo 'a && b'", ("echo", "a && b")),
        ("a>b", ("a",)),
    ],
)
def test_words(line: str, words: tuple[str, ...]) -> None:
    assert split(line) == words
    assert cut_short(line) == any(sign in line.replace("'a && b'", "") for sign in "&>")


@pytest.mark.parametrize("line", ["'a", 'a "b', "a\\", "a (b)"])
def test_line_that_is_no_command(line: str) -> None:
    with pytest.raises(ValueError, match="quote|backslash|bracket"):
        split(line)


def test_env_file() -> None:
    text = b"""\xef\xbb\xbf# comment
A=1
export B = two # comment
C='single $A \\n'
D="double $A \\n \\$A \\"q\\""
E=
F
G: yaml
H=${A}${MISSING:-x}
I=a#b
J="line
two"
K=it's
"""
    assert read_env(".env", text, {"F": "outer"}) == {
        "A": "1",
        "B": "two",
        "C": "single $A \\n",
        "D": 'double 1 \n $A "q"',
        "E": "",
        "F": "outer",
        "G": "yaml",
        "H": "1x",
        "I": "a#b",
        "J": "line\ntwo",
        "K": "it's",
    }


@pytest.mark.parametrize("text", [b"A='open\n", b"=x\n", b"a b=1\n", b"A=${\n", b"A=\xff\n", b"?=1"])
def test_env_file_that_cannot_be_read(text: bytes) -> None:
    with pytest.raises(ComposeError, match=r"\.env"):
        read_env(".env", text)


def test_raw_env_file_is_taken_as_it_stands() -> None:
    assert read_env("x", b"# no\nA='$B' # yes\n\nC=\n", raw=True) == {"A": "'$B' # yes", "C": ""}
