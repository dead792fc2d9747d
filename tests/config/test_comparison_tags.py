"""The cells of a comparison: blanks in them are shown, so every one is held to the letter."""

import pytest
from django.template import Context, Template

from config.templatetags.comparison import LONGEST


def rendered(source: str, value: object) -> str:
    return Template("{% load comparison %}" + source).render(Context({"value": value}))


@pytest.mark.parametrize(
    ("source", "value", "cell"),
    [
        ("{% before value %}", "a  b", '<span class="before" data-label="Before"><del>a  b</del></span>'),
        ("{% after value %}", "<i>", '<span class="after" data-label="After"><ins>&lt;i&gt;</ins></span>'),
        ("{% after value False %}", "same", '<span class="after" data-label="After">same</span>'),
        ("{% before value %}", "", '<span class="before" data-label="Before"><del>set</del></span>'),
        ("{% after value %}", None, '<span class="after" data-label="After"><span class="none">not set</span></span>'),
        (
            '{% before value label="Now" missing="nothing" %}',
            None,
            '<span class="before" data-label="Now"><span class="none">nothing</span></span>',
        ),
    ],
)
def test_a_cell(source: str, value: object, cell: str) -> None:
    assert rendered(source, value) == cell


def test_a_long_value_is_cut() -> None:
    html = rendered("{% after value False %}", "x" * (LONGEST + 1))
    assert "x" * (LONGEST - 1) + "…" in html
    assert "x" * LONGEST not in html
