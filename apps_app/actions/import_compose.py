"""Makes a source application out of Compose files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from apps_app.actions.audit_diff import edits
from apps_app.actions.create_application import create_application
from apps_app.actions.locks import lock
from apps_app.actions.write_desired_state import refuse_new_faults, write_desired, write_secrets
from apps_app.formats.compose.read import Imported
from apps_app.models import Application, Target
from apps_app.queries.rendered_spec import given_values, secret_values
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role, Team
from config.errors import Refused
from templates_app.appspec.linking.equivalence import Held
from templates_app.appspec.linking.version_restatement import in_words_of
from templates_app.appspec.merge.merge import Merge, Removal, merge
from templates_app.appspec.merge.three_way import Choice
from templates_app.appspec.presentation.text import counted, listed
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from templates_app.appspec.schema.serialize import tree
from templates_app.appspec.validation.validate import check

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
    data = [f"from {source or 'text'}: {counted(len(keys), 'component')} ({listed(keys)})"]
    if secrets:
        data.append(f"{counted(len(secrets), 'secret')} sealed ({listed(secrets)})")
    if imported.notices:
        data.append(f"{counted(len(imported.notices), 'notice')} of what is different here")
    return data


def summary(imported: Imported, source: str) -> dict[str, Any]:
    """What an import did, as plain JSON without a secret value."""
    return {
        "said": _said(imported, source),
        "source": source,
        "components": sorted(imported.spec.components),
        "parameters": sorted(name for name, parameter in imported.spec.parameters.items() if not parameter.secret),
        "secrets": sorted(name for name, parameter in imported.spec.parameters.items() if parameter.secret),
        "credentials": [asdict(credential) for credential in imported.credentials],
        "notices": [
            {
                "service": notice.service,
                "key": notice.key,
                "message": notice.message,
                "action": notice.action,
                "weight": str(notice.weight),
            }
            for notice in imported.notices
        ],
    }


@dataclass(frozen=True, slots=True)
class Answers:
    """What the operator chose: conflicts by path, dropped components by key, and whether secret values are replaced."""

    choices: Mapping[str, Choice]
    removed: Mapping[str, Removal]
    replace_secrets: bool = False


NO_ANSWERS = Answers({}, {})


def merged(application: Application, imported: Imported, answers: Answers = NO_ANSWERS) -> Merge:
    """The last import, what the operator has, and the new import as one document.

    A text that only became a reference here, and means what it meant, is no change of the operator's.
    """
    sealed = secret_values(application)
    ours = Held(application.desired_spec(), {**given_values(application), **sealed})
    base = Held(parse(application.imported) if application.imported else AppSpec(), sealed)
    theirs = Held(imported.spec, imported.secrets)
    before, after = (in_words_of(ours, side) for side in (base, theirs))
    return merge(before, ours.spec, after, answers.choices, removed=answers.removed)


def known_secrets(application: Application, imported: Imported) -> tuple[str, ...]:
    """The secrets of the import that have another value here."""
    held = {row.name: row.desired for row in application.values.all() if row.desired is not None}
    return tuple(
        sorted(name for name, text in imported.secrets.items() if name in held and held[name].reveal() != text)
    )


@transaction.atomic
def reimport_compose(
    application: Application, by: Actor, *, imported: Imported, answers: Answers, source: str = ""
) -> tuple[str, ...]:
    """Writes the merged document as what is wanted, and answers the components that changed.

    Raises Refused while a question is open, and SpecError for what the import breaks.
    """
    by.require(application.team, Role.OPERATOR)
    refuse_faults(imported)
    application = lock(application)
    result = merged(application, imported, answers)
    if not result.is_settled:
        places = [decision.id for decision in result.conflicts] + [f"components.{key}" for key in result.removed]
        raise Refused("The import and your own changes differ: say for each place which one holds.", places)
    refuse_new_faults(application.desired_spec(), result.spec)
    items = edits(application.desired_spec(), result.spec)
    changed = write_desired(application, result.spec, by)
    secrets = {name: text for name, text in imported.secrets.items() if name in result.spec.parameters}
    _write_secrets(application, secrets, replace=answers.replace_secrets)
    secret = [name for name, parameter in result.spec.parameters.items() if parameter.secret]
    application.values.filter(name__in=secret, secret=False).update(secret=True)
    application.imported = tree(imported.spec)
    application.save(update_fields=["imported"])
    data = summary(imported, source)
    data["said"] += items or ["nothing changed"]
    audit.record(by, VERB, application, data=data)
    return changed


def _write_secrets(application: Application, secrets: Mapping[str, str], *, replace: bool) -> None:
    held = set(application.values.filter(desired__isnull=False).values_list("name", flat=True))
    write_secrets(application, {name: text for name, text in secrets.items() if replace or name not in held})
