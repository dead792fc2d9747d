from collections.abc import Collection, Mapping

from django.db import transaction

from apps_app.actions.audit_diff import describe_edits, describe_omitted
from apps_app.actions.locks import lock_application
from apps_app.actions.write_desired_state import check_new_faults, write_desired_state, write_secrets
from apps_app.models import Application
from apps_app.queries.rendered_spec import get_secret_values, get_set_values
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import OperationRefused
from templates_app.appspec.schema.model import AppSpec, Network, Parameter, Volume
from templates_app.appspec.secrets.secret_extraction import extract_secret


@transaction.atomic
def save_shared_resources(
    application: Application,
    by: Actor,
    *,
    volumes: Mapping[str, Volume] | None = None,
    networks: Mapping[str, Network] | None = None,
    since: AppSpec | None = None,
) -> tuple[str, ...]:
    """Makes these the volumes and networks; None leaves them as they are. Answers what changed ("volume data").

    Raises SpecError where components need what would go, and Refused where others changed them since that document.
    """
    by.require(application.team, Role.OPERATOR)
    application = lock_application(application)
    before = application.parse_desired_leniently()
    update = {"volumes": volumes, "networks": networks}
    _check_revision(before, since, tuple(update))
    return _save(application, by, before, before.model_copy(update={k: v for k, v in update.items() if v is not None}))


@transaction.atomic
def save_parameters(
    application: Application, by: Actor, *, parameters: Mapping[str, Parameter], since: AppSpec | None = None
) -> tuple[str, ...]:
    """Makes these the parameters of a source. The value of one that becomes secret is sealed, in no document any more.

    Raises SpecError where components refer to one that would go, and Refused for an installation, or where others
    changed them since that document.
    """
    by.require(application.team, Role.OPERATOR)
    application = lock_application(application)
    check_not_installed(application)
    before = application.parse_desired_leniently()
    _check_revision(before, since, ("parameters",))
    after = before.model_copy(update={"parameters": parameters})
    held, provided, secrets = get_secret_values(application), get_set_values(application), dict[str, str]()
    for name, parameter in parameters.items():
        was = before.parameters.get(name, Parameter())
        if parameter.secret and (not was.secret or parameter.default is not None):
            summary = after.parameters[name].model_copy(update={"required": parameter.required})
            after, value = extract_secret(after, ("parameters", name), name)
            remaining = {**after.parameters, name: summary.model_copy(update={"default": None, "fixed": False})}
            after = after.model_copy(update={"parameters": remaining})
            secrets |= {name: provided.get(name, value)} if provided.get(name, value) else {}
    changed = _save(application, by, before, after)
    write_secrets(application, {name: text for name, text in secrets.items() if held.get(name) != text})
    application.values.exclude(name__in=after.parameters).filter(applied__isnull=True).delete()
    application.values.filter(secret=True, name__in=[k for k, p in after.parameters.items() if not p.secret]).delete()
    return changed


def check_not_installed(application: Application) -> None:
    """Raises OperationRefused where a template decides the parameters."""
    if application.get_installation() is not None:
        raise OperationRefused(
            "Parameters come from the template. Change them in the source application and publish a new version."
        )


def _check_revision(now: AppSpec, since: AppSpec | None, sections: Collection[str]) -> None:
    if since is not None and any(getattr(now, name) != getattr(since, name) for name in sections):
        raise OperationRefused("These settings were just changed by somebody else. Save again to review the conflicts.")


def _save(application: Application, by: Actor, before: AppSpec, after: AppSpec) -> tuple[str, ...]:
    check_new_faults(before, after)
    changed = _list_changed(before, after)
    if changed or application.parse_errors:
        write_desired_state(application, after, by)
        data = {"said": [*describe_edits(before, after), *describe_omitted(application)]}
        audit.record(by, "edited", application, url=application.get_absolute_url(), data=data)
    return changed


def _list_changed(before: AppSpec, after: AppSpec) -> tuple[str, ...]:
    result = []
    for section, word in (("volumes", "volume"), ("networks", "network"), ("parameters", "parameter")):
        was, now = getattr(before, section), getattr(after, section)
        result += [f"{word} {key}" for key in sorted(was.keys() | now.keys()) if was.get(key) != now.get(key)]
    return tuple(result)
