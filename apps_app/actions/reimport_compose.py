"""Imports into an application again: a merge with the last import as base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from apps_app.actions.busy import lock
from apps_app.actions.desired import write_desired, write_secrets
from apps_app.actions.import_compose import VERB, refuse_faults, summary
from apps_app.actions.told import edits
from apps_app.actions.whole import refuse_new_faults
from apps_app.models import Application
from apps_app.rendered import given_values, secret_values
from apps_app.sources.compose.read import Imported
from config.accounts import audit
from config.accounts.actor import Actor
from config.accounts.models import Role
from config.errors import Refused
from templates_app.spec.decide import Choice
from templates_app.spec.dump import tree
from templates_app.spec.merge import Merge, Removal, merge
from templates_app.spec.model import AppSpec
from templates_app.spec.parse import parse
from templates_app.spec.reading import Held
from templates_app.spec.same_words import in_words_of


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
    before, after = (in_words_of(ours, one) for one in (base, theirs))
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
        places = [one.id for one in result.conflicts] + [f"components.{key}" for key in result.removed]
        raise Refused("The import and your own changes differ: say for each place which one holds.", places)
    refuse_new_faults(application.desired_spec(), result.spec)
    said = edits(application.desired_spec(), result.spec)
    changed = write_desired(application, result.spec, by)
    secrets = {name: text for name, text in imported.secrets.items() if name in result.spec.parameters}
    _write_secrets(application, secrets, replace=answers.replace_secrets)
    secret = [name for name, one in result.spec.parameters.items() if one.secret]
    application.values.filter(name__in=secret, secret=False).update(secret=True)
    application.imported = tree(imported.spec)
    application.save(update_fields=["imported"])
    data = summary(imported, source)
    data["said"] += said or ["nothing changed"]
    audit.record(by, VERB, application, data=data)
    return changed


def _write_secrets(application: Application, secrets: Mapping[str, str], *, replace: bool) -> None:
    held = set(application.values.filter(desired__isnull=False).values_list("name", flat=True))
    write_secrets(application, {name: text for name, text in secrets.items() if replace or name not in held})
