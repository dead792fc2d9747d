"""What views share: the typed request, page or fragment, pages of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.paginator import _SupportsPagination
    from django_htmx.middleware import HtmxDetails

    from config.accounts.models import User
    from config.errors import OperationRefused

PAGE_SIZE = 50


class OperatorRequest(HttpRequest):
    """The request of somebody who is logged in, as the middleware hands it to every view."""

    user: User
    htmx: HtmxDetails


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page; whoever asks adds ``Vary: HX-Request`` to the answer."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # django-htmx's middleware sets it
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page for people; for htmx, ``fragment`` of the same file (``{% partialdef fragment %}``)."""
    part = fragment and wants_fragment(request)
    name = f"{template}#{fragment}" if part else template
    response = HttpResponse(render_to_string(name, dict(context or {}), request), status=status)
    if fragment:
        patch_vary_headers(response, ["HX-Request"])
    return response


def link_parameters(refused: OperationRefused) -> SafeString:
    """The refusal's sentence as a page says it: with a link to where to look."""
    if not refused.url:
        return format_html("{}", refused.sentence)
    return format_html('{} <a href="{}">Look at it</a>', refused.sentence, refused.url)


def paginate[T](request: HttpRequest, rows: _SupportsPagination[T], size: int = PAGE_SIZE) -> Page[T]:
    """The page that ``?page=`` names: two queries whatever the number of rows; nonsense is the first page, too high
    the last."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
