"""An uploaded import between its review and its confirmation: sealed, in the session of who sent it."""

from __future__ import annotations

import json
from dataclasses import asdict

from django.http import HttpRequest

from apps_app.formats.compose.errors import Notice, Weight
from apps_app.formats.compose.read import Imported
from apps_app.models import Application
from config.accounts.sealing.sealed import Secret, seal, unseal
from templates_app.appspec.schema.parse import parse
from templates_app.appspec.schema.serialize import tree


def put(request: HttpRequest, application: Application, imported: Imported, source: str) -> None:
    """Keeps one import for each application; a newer one takes its place."""
    document = {
        "source": source,
        "spec": tree(imported.spec),
        "secrets": dict(imported.secrets),
        "notices": [asdict(notice) for notice in imported.notices],
    }
    request.session[_name(application)] = seal(Secret(json.dumps(document)))


def get(request: HttpRequest, application: Application) -> tuple[Imported, str] | None:
    """The kept import and the name of its main file; None when there is none."""
    sealed = request.session.get(_name(application))
    if sealed is None:
        return None
    document = json.loads(unseal(sealed).reveal())
    notices = tuple(Notice(**{**item, "weight": Weight(item["weight"])}) for item in document["notices"])
    imported = Imported(spec=parse(document["spec"]), secrets=document["secrets"], notices=notices)
    return imported, document["source"]


def drop(request: HttpRequest, application: Application) -> None:
    request.session.pop(_name(application), None)


def _name(application: Application) -> str:
    return f"import-{application.pk}"
