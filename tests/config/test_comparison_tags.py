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


def test_a_long_value_is_folded_and_whole() -> None:
    value = "".join(f"{n} " for n in range(LONGEST))
    html = rendered("{% after value %}", value)
    assert f"<ins>{value}</ins></details>" in html
    assert f"{len(value)} characters" in html
    assert "<details" not in rendered("{% after value %}", "x" * LONGEST)
