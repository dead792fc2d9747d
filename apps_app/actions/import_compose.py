"""Makes a source application out of Compose files."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction

from apps_app.actions.create_application import create_application
from apps_app.actions.desired import write_desired, write_secrets
from apps_app.models import Application, Target
from apps_app.sources.compose.read import Imported
from apps_app.wording import counted, listed
from config.accounts import audit
from config.accounts.actor import Actor
from config.accounts.models import Team
from templates_app.spec.check import check
from templates_app.spec.dump import tree
from templates_app.spec.errors import SpecError

VERB = "imported"
ADOPTED = "adopted"
"""What was read from an engine instead of from files is told on the same page."""


def refuse_faults(imported: Imported) -> None:
    """Raises SpecError with everything that keeps the document from holding together."""
    faults = check(imported.spec)
    if faults:
        raise SpecError(faults)


@transaction.atomic
def import_compose(
    by: Actor, *, team: Team, name: str, imported: Imported, source: str = "", target: Target | None = None
) -> Application:
    """A new application with the imported document as what is wanted; secret values are sealed beside it.

    `source` is the name of the main file, for the record. Raises SpecError for what does not hold together.
    """
    refuse_faults(imported)
    application = create_application(by, team=team, name=name, target=target)
    application.imported = tree(imported.spec)
    application.save(update_fields=["imported"])
    write_desired(application, imported.spec, by)
    write_secrets(application, imported.secrets)
    audit.record(by, VERB, application, data=summary(imported, source))
    return application


def _said(imported: Imported, source: str) -> list[str]:
    keys, secrets = sorted(imported.spec.components), sorted(imported.secrets)
    said = [f"from {source or 'text'}: {counted(len(keys), 'component')} ({listed(keys)})"]
    if secrets:
        said.append(f"{counted(len(secrets), 'secret')} sealed ({listed(secrets)})")
    if imported.notices:
        said.append(f"{counted(len(imported.notices), 'notice')} of what is different here")
    return said


def summary(imported: Imported, source: str) -> dict[str, Any]:
    """What an import did, as plain JSON without a secret value."""
    return {
        "said": _said(imported, source),
        "source": source,
        "components": sorted(imported.spec.components),
        "parameters": sorted(name for name, one in imported.spec.parameters.items() if not one.secret),
        "secrets": sorted(name for name, one in imported.spec.parameters.items() if one.secret),
        "credentials": [asdict(one) for one in imported.credentials],
        "notices": [
            {
                "service": one.service,
                "key": one.key,
                "message": one.message,
                "action": one.action,
                "weight": str(one.weight),
            }
            for one in imported.notices
        ],
    }
