"""Small pages that use the shell as every page does, beside the project's own."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path

from config.urls import urlpatterns as project_urls
from config.web import render_page

OPENER = """{% extends "base.html" %}{% load shell %}
{% block title %}Opener{% endblock %}
{% block heading %}Opener{% endblock %}
{% block content %}<div class="row">
<a class="button" id="ask" href="/shell/confirm/" data-dialog>Upgrade</a>
<a class="button" id="refused" href="/shell/refused/" data-dialog>Refused</a>
<a class="button" id="signed-out" href="/shell/signed-out/" data-dialog>Signed out</a>
</div>{% endblock %}"""

LIVE = """{% extends "base.html" %}{% load shell %}
{% block title %}Live{% endblock %}
{% block content %}
<div id="live" hx-get="/shell/live/{{ request.GET.part|default:'part' }}/" hx-trigger="every 200ms"
 hx-swap="outerHTML">Waiting</div>
{% endblock %}"""

PART = """<div id="live">Finished</div>{% include "shell/announce.html" with text="web: done" only %}"""

WIDE = """{% extends "base.html" %}{% load shell %}
{% block title %}Wide{% endblock %}
{% block heading %}Wide{% endblock %}
{% block content %}<div class="table-box"><table><caption>Things</caption>
<thead><tr>{% sort_header "name" "Name" %}{% for i in "123456789" %}<th scope="col">Column {{ i }}</th>{% endfor %}
<th scope="col"><span class="visually-hidden">Actions</span></th></tr></thead>
<tbody><tr><th scope="row">web</th>{% for i in "123456789" %}<td>{% status "succeeded" %}</td>{% endfor %}
<td class="actions"><button class="button small">Open</button></td></tr></tbody></table></div>{% endblock %}"""


def _render(request: HttpRequest, source: str) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(source).render({}, request))


def opener(request: HttpRequest) -> HttpResponse:
    return _render(request, OPENER)


def live(request: HttpRequest) -> HttpResponse:
    return _render(request, LIVE)


def part(request: HttpRequest) -> HttpResponse:
    return _render(request, PART)


def quiet(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


def wide(request: HttpRequest) -> HttpResponse:
    return _render(request, WIDE)


def confirm(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        messages.success(request, f"Confirmed {request.POST['digest']}.")
        return redirect("/shell/")
    context = {
        "title": "Upgrade shop-copy to 1.1?",
        "happens": ["redis is created from redis:8"],
        "hidden": {"digest": "9f2c"},
        "submit": "Upgrade now",
        "cancel_url": "/shell/",
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def refused(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("ada is not an operator of team Shop.")


def signed_out(request: HttpRequest) -> HttpResponse:
    return redirect("/shell/")


urlpatterns = [
    path("shell/", opener),
    path("shell/live/", live),
    path("shell/live/part/", part),
    path("shell/live/quiet/", quiet),
    path("shell/wide/", wide),
    path("shell/confirm/", confirm),
    path("shell/refused/", refused),
    path("shell/signed-out/", signed_out),
    *project_urls,
]
