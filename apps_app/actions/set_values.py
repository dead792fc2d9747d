"""Sets, or gives back, the values of an application's parameters."""

from collections.abc import Collection, Mapping

from django.db import transaction

from apps_app.actions.locks import lock
from apps_app.models import Application, Value
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.accounts.sealing.sealed import Secret
from templates_app.appspec.diff.field_change import fits
from templates_app.appspec.schema.errors import Fault, SpecError
from templates_app.appspec.schema.model import Parameter
from templates_app.appspec.secrets.credential_patterns import looks_like_credential
from templates_app.appspec.secrets.secret_extraction import generate
from templates_app.appspec.validation.validate import check_given

RULE = "password:24"
"""How a secret is made of which the document does not say how."""


@transaction.atomic
def set_values(
    application: Application,
    by: Actor,
    *,
    values: Mapping[str, str],
    back_to_default: Collection[str] = (),
    anew: Collection[str] = (),
) -> tuple[str, ...]:
    """Stores `values` as wanted; those in `back_to_default` follow the document again, of those in `anew` a new secret
    is generated. Answers the names that changed.

    Raises SpecError for unknown and fixed parameters and for what is not among the choices.
    """
    by.require(application.team, Role.OPERATOR)
    application = lock(application)
    parameters = application.desired_spec().parameters
    values = {**values, **{name: _generated(parameters.get(name)) for name in anew}}
    _refuse_wrong(parameters, values, back_to_default)
    rows = {row.name: row for row in application.values.all()}
    set_now = [name for name, text in values.items() if _set(application, rows.get(name), parameters[name], name, text)]
    application.values.filter(name__in=anew).update(source=Value.Source.GENERATED)
    given_back = [name for name in back_to_default if name in rows and _give_back(rows[name])]
    changed = tuple(sorted([*set_now, *given_back]))
    if changed:
        data = {"said": [_said(name, parameters[name], values.get(name)) for name in changed]}
        audit.record(by, "set values", application, url=application.get_absolute_url(), data=data)
    return changed


def _said(name: str, parameter: Parameter, text: str | None) -> str:
    """For the audit trail, which keeps it for ever: no secret, and nothing that looks like one."""
    if text is None:
        return f"{name} back to its default"
    is_summary = not parameter.secret and not looks_like_credential(name, text) and fits(text)
    return f"{name} set to {text or 'nothing'}" if is_summary else f"{name} set"


def _generated(parameter: Parameter | None) -> str:
    return generate(parameter.generate if parameter is not None and parameter.generate else RULE)


def _refuse_wrong(parameters: Mapping[str, Parameter], values: Mapping[str, str], back: Collection[str]) -> None:
    faults = list(check_given(parameters, values))
    faults += [Fault(f"parameters.{name}", f"there is no parameter {name}") for name in back if name not in parameters]
    for name, text in values.items():
        if name in parameters and parameters[name].required and not text:
            faults.append(Fault(f"parameters.{name}", "needs a value"))
    if faults:
        raise SpecError(sorted(faults))


def _set(application: Application, row: Value | None, parameter: Parameter, name: str, text: str) -> bool:
    if row is None:
        Value.objects.create(application=application, name=name, secret=parameter.secret, desired=Secret(text))
        return True
    if row.desired is not None and row.desired.reveal() == text:
        return False
    row.desired, row.secret, row.source = Secret(text), parameter.secret, Value.Source.SET
    row.save(update_fields=["desired", "secret", "source"])
    return True


def _give_back(row: Value) -> bool:
    if row.desired is None:
        return False
    if row.applied is None:
        row.delete()
    else:
        row.desired = None
        row.save(update_fields=["desired"])
    return True
