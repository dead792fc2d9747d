"""What a page cannot do now is said on a page of its own, wherever a view does not say it itself."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from config.errors import Refused
from config.web import render_page, wants_fragment
from templates_app.appspec.presentation.path_labels import said
from templates_app.appspec.schema.errors import SpecError

UNREADABLE = "A document cannot be read in full, so nothing can be made from it."


class RefusalMiddleware:
    """Answers a refusal, or a document that cannot be read, with what is wrong and where to look."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A part of a page becomes the whole: only that has room to say it."""
        if isinstance(exception, SpecError):
            exception = Refused(UNREADABLE, map(said, exception.faults))
        if not isinstance(exception, Refused):
            return None
        if request.method == "GET" and wants_fragment(request):
            return HttpResponse(headers={"HX-Redirect": request.get_full_path()})
        return render_page(request, "apps_app/refused.html", {"refused": exception}, status=409)
