"""Text that people wrote, as paragraphs: escaped, its lines kept, and only its web addresses live."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

_ADDRESS = re.compile(r"(https?://[^\s<>\"']+)")
_AFTER = ".,;:!?"
_BREAK = SafeString("<br>")


@register.filter
def notes(text: str) -> SafeString:
    """A blank line ends a paragraph. A link tells the other side nothing, and gives it no hold on this window."""
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return format_html_join("", "<p>{}</p>", ((_lines(paragraph),) for paragraph in paragraphs if paragraph.strip()))


def _lines(paragraph: str) -> SafeString:
    return format_html_join(_BREAK, "{}", ((_linked(line),) for line in paragraph.split("\n")))


def _linked(line: str) -> SafeString:
    return format_html_join("", "{}", ((_part(name),) for name in _ADDRESS.split(line)))


def _part(text: str) -> SafeString:
    if not _ADDRESS.fullmatch(text):
        return format_html("{}", text)
    address = text.rstrip(_AFTER)
    if address.endswith(")") and "(" not in address:
        address = address.rstrip(")")
    rest = text[len(address) :]
    return format_html('<a href="{}" rel="noopener noreferrer nofollow">{}</a>{}', address, address, rest)
