from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

LONGEST = 400
"""What is longer is folded: its beginning is shown, and the whole on demand."""
BEGINNING = 120


@register.simple_tag
def before(value: object, marked: bool = True, label: str = "Before", missing: str = "not set") -> SafeString:
    """What the field was; None where it was not there. ``marked`` is off for what stays the same."""
    return _render_cell("before", "del" if marked else "", value, label, missing)


@register.simple_tag
def after(value: object, marked: bool = True, label: str = "After", missing: str = "not set") -> SafeString:
    """What the field becomes; None where it goes."""
    return _render_cell("after", "ins" if marked else "", value, label, missing)


def _render_cell(side: str, mark: str, value: object, label: str, missing: str) -> SafeString:
    """In one piece, because blanks in such a cell are shown as they are."""
    return format_html('<span class="{}" data-label="{}">{}</span>', side, label, _render_content(mark, value, missing))


def _render_content(mark: str, value: object, missing: str) -> SafeString:
    if value is None:
        return format_html('<span class="none">{}</span>', missing)
    text = str(value) or "set"
    if len(text) <= LONGEST:
        return _mark_references(mark, text)
    return format_html(
        '<details class="long"><summary>{}… <span>{} characters</span></summary>{}</details>',
        text[:BEGINNING].rstrip(),
        len(text),
        _mark_references(mark, text),
    )


def _mark_references(mark: str, text: str) -> SafeString:
    return format_html("<{}>{}</{}>", mark, text, mark) if mark else format_html("{}", text)
