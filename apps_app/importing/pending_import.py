from __future__ import annotations

import json
from dataclasses import asdict

from django.http import HttpRequest

from apps_app.formats.compose.errors import ImportNotice, NoticeSeverity
from apps_app.formats.compose.read import ImportResult
from apps_app.models import Application
from config.accounts.sealing.sealed import Secret, seal, unseal
from templates_app.appspec.schema.parse import parse_spec
from templates_app.appspec.schema.serialize import to_plain


def store_import(request: HttpRequest, application: Application, imported: ImportResult, source: str) -> None:
    """Keeps one import for each application; a newer one takes its place."""
    document = {
        "source": source,
        "spec": to_plain(imported.spec),
        "secrets": dict(imported.secrets),
        "notices": [asdict(notice) for notice in imported.notices],
    }
    request.session[_session_key(application)] = seal(Secret(json.dumps(document)))


def load_import(request: HttpRequest, application: Application) -> tuple[ImportResult, str] | None:
    """The kept import and the name of its main file; None when there is none."""
    sealed = request.session.get(_session_key(application))
    if sealed is None:
        return None
    document = json.loads(unseal(sealed).reveal())
    notices = tuple(ImportNotice(**{**item, "weight": NoticeSeverity(item["weight"])}) for item in document["notices"])
    imported = ImportResult(spec=parse_spec(document["spec"]), secrets=document["secrets"], notices=notices)
    return imported, document["source"]


def delete_import(request: HttpRequest, application: Application) -> None:
    request.session.pop(_session_key(application), None)


def _session_key(application: Application) -> str:
    return f"import-{application.pk}"
