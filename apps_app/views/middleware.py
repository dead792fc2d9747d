from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from config.errors import OperationRefused
from config.web import render_page, wants_fragment
from templates_app.appspec.presentation.path_labels import describe_fault
from templates_app.appspec.schema.errors import SpecError

UNREADABLE = "A document contains invalid data. Fix it first."


class OperationRefusedMiddleware:
    """Answers a refusal, or a document that cannot be read, with what is wrong and where to look."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A part of a page becomes the whole: only that has room to say it."""
        if isinstance(exception, SpecError):
            exception = OperationRefused(UNREADABLE, map(describe_fault, exception.faults))
        if not isinstance(exception, OperationRefused):
            return None
        if request.method == "GET" and wants_fragment(request):
            return HttpResponse(headers={"HX-Redirect": request.get_full_path()})
        return render_page(request, "apps_app/refused.html", {"refused": exception}, status=409)
