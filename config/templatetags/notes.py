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
    return format_html_join(
        "", "<p>{}</p>", ((_render_lines(paragraph),) for paragraph in paragraphs if paragraph.strip())
    )


def _render_lines(paragraph: str) -> SafeString:
    return format_html_join(_BREAK, "{}", ((_link_addresses(line),) for line in paragraph.split("\n")))


def _link_addresses(line: str) -> SafeString:
    return format_html_join("", "{}", ((_render_part(name),) for name in _ADDRESS.split(line)))


def _render_part(text: str) -> SafeString:
    if not _ADDRESS.fullmatch(text):
        return format_html("{}", text)
    address = text.rstrip(_AFTER)
    if address.endswith(")") and "(" not in address:
        address = address.rstrip(")")
    rest = text[len(address) :]
    return format_html('<a href="{}" rel="noopener noreferrer nofollow">{}</a>{}', address, address, rest)
