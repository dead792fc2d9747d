from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from apps_app.actions.audit_diff import describe_edits
from apps_app.actions.create_application import create_application
from apps_app.actions.locks import lock_application
from apps_app.actions.write_desired_state import check_new_faults, write_desired_state, write_secrets
from apps_app.formats.compose.read import ImportResult
from apps_app.models import Application, Target
from apps_app.queries.rendered_spec import get_secret_values, get_set_values
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role, Team
from config.errors import OperationRefused
from templates_app.appspec.linking.equivalence import ResolvedSide
from templates_app.appspec.linking.version_restatement import restate_spec
from templates_app.appspec.merge.merge import Removal, SpecMerge, merge_specs
from templates_app.appspec.merge.three_way import SideChoice
from templates_app.appspec.presentation.text import join_names, pluralize
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_spec
from templates_app.appspec.schema.serialize import to_plain
from templates_app.appspec.validation.validate import validate_spec

VERB = "imported"
ADOPTED = "adopted"
"""What was read from an engine instead of from files is told on the same page."""


def check_import_faults(imported: ImportResult) -> None:
    """Raises SpecError with everything that keeps the document from holding together."""
    faults = validate_spec(imported.spec)
    if faults:
        raise SpecError(faults)


@transaction.atomic
def import_compose(
    by: Actor, *, team: Team, name: str, imported: ImportResult, source: str = "", target: Target | None = None
) -> Application:
    """A new application with the imported document as what is wanted; secret values are sealed beside it.

    `source` is the name of the main file, for the record. Raises SpecError for what does not hold together.
    """
    check_import_faults(imported)
    application = create_application(by, team=team, name=name, target=target)
    application.imported = to_plain(imported.spec)
    application.save(update_fields=["imported"])
    write_desired_state(application, imported.spec, by)
    write_secrets(application, imported.secrets)
    audit.record(by, VERB, application, data=summarize_import(imported, source))
    return application


def _describe_import(imported: ImportResult, source: str) -> list[str]:
    keys, secrets = sorted(imported.spec.components), sorted(imported.secrets)
    data = [f"from {source or 'text'}: {pluralize(len(keys), 'component')} ({join_names(keys)})"]
    if secrets:
        data.append(f"{pluralize(len(secrets), 'secret')} encrypted ({join_names(secrets)})")
    if imported.notices:
        data.append(f"{pluralize(len(imported.notices), 'notice')} of what is different here")
    return data


def summarize_import(imported: ImportResult, source: str) -> dict[str, Any]:
    """What an import did, as plain JSON without a secret value."""
    return {
        "said": _describe_import(imported, source),
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
class ImportAnswers:
    """What the operator chose: conflicts by path, dropped components by key, and whether secret values are replaced."""

    choices: Mapping[str, SideChoice]
    removed: Mapping[str, Removal]
    replace_secrets: bool = False


NO_ANSWERS = ImportAnswers({}, {})


def merge_import(application: Application, imported: ImportResult, answers: ImportAnswers = NO_ANSWERS) -> SpecMerge:
    """The last import, what the operator has, and the new import as one document.

    A text that only became a reference here, and means what it meant, is no change of the operator's.
    """
    sealed = get_secret_values(application)
    ours = ResolvedSide(application.desired_spec(), {**get_set_values(application), **sealed})
    base = ResolvedSide(parse_spec(application.imported) if application.imported else AppSpec(), sealed)
    theirs = ResolvedSide(imported.spec, imported.secrets)
    before, after = (restate_spec(ours, side) for side in (base, theirs))
    return merge_specs(before, ours.spec, after, answers.choices, removed=answers.removed)


def find_known_secrets(application: Application, imported: ImportResult) -> tuple[str, ...]:
    """The secrets of the import that have another value here."""
    held = {row.name: row.desired for row in application.values.all() if row.desired is not None}
    return tuple(
        sorted(name for name, text in imported.secrets.items() if name in held and held[name].reveal() != text)
    )


@transaction.atomic
def reimport_compose(
    application: Application, by: Actor, *, imported: ImportResult, answers: ImportAnswers, source: str = ""
) -> tuple[str, ...]:
    """Writes the merged document as what is wanted, and answers the components that changed.

    Raises OperationRefused while a question is open, and SpecError for what the import breaks.
    """
    by.require(application.team, Role.OPERATOR)
    check_import_faults(imported)
    application = lock_application(application)
    result = merge_import(application, imported, answers)
    if not result.is_settled:
        places = [decision.id for decision in result.conflicts] + [f"components.{key}" for key in result.removed]
        raise OperationRefused("The import conflicts with local changes. Choose a value for each conflict.", places)
    check_new_faults(application.desired_spec(), result.spec)
    items = describe_edits(application.desired_spec(), result.spec)
    changed = write_desired_state(application, result.spec, by)
    secrets = {name: text for name, text in imported.secrets.items() if name in result.spec.parameters}
    _write_secrets(application, secrets, replace=answers.replace_secrets)
    secret = [name for name, parameter in result.spec.parameters.items() if parameter.secret]
    application.values.filter(name__in=secret, secret=False).update(secret=True)
    application.imported = to_plain(imported.spec)
    application.save(update_fields=["imported"])
    data = summarize_import(imported, source)
    data["said"] += items or ["nothing changed"]
    audit.record(by, VERB, application, data=data)
    return changed


def _write_secrets(application: Application, secrets: Mapping[str, str], *, replace: bool) -> None:
    held = set(application.values.filter(desired__isnull=False).values_list("name", flat=True))
    write_secrets(application, {name: text for name, text in secrets.items() if replace or name not in held})
