"""Says what stands around the components of an application: its volumes, networks and parameters."""

from collections.abc import Collection, Mapping

from django.db import transaction

from apps_app.actions.audit_diff import edits, left_out
from apps_app.actions.locks import lock
from apps_app.actions.write_desired_state import refuse_new_faults, write_desired, write_secrets
from apps_app.models import Application
from apps_app.queries.rendered_spec import given_values, secret_values
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.appspec.schema.model import AppSpec, Network, Parameter, Volume
from templates_app.appspec.secrets.secret_extraction import make_secret


@transaction.atomic
def save_frame(
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
    application = lock(application)
    before = application.legible_spec()
    update = {"volumes": volumes, "networks": networks}
    _refuse_stale(before, since, tuple(update))
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
    application = lock(application)
    refuse_installed(application)
    before = application.legible_spec()
    _refuse_stale(before, since, ("parameters",))
    after = before.model_copy(update={"parameters": parameters})
    held, provided, secrets = secret_values(application), given_values(application), dict[str, str]()
    for name, parameter in parameters.items():
        was = before.parameters.get(name, Parameter())
        if parameter.secret and (not was.secret or parameter.default is not None):
            summary = after.parameters[name].model_copy(update={"required": parameter.required})
            after, value = make_secret(after, ("parameters", name), name)
            remaining = {**after.parameters, name: summary.model_copy(update={"default": None, "fixed": False})}
            after = after.model_copy(update={"parameters": remaining})
            secrets |= {name: provided.get(name, value)} if provided.get(name, value) else {}
    changed = _save(application, by, before, after)
    write_secrets(application, {name: text for name, text in secrets.items() if held.get(name) != text})
    application.values.exclude(name__in=after.parameters).filter(applied__isnull=True).delete()
    application.values.filter(secret=True, name__in=[k for k, p in after.parameters.items() if not p.secret]).delete()
    return changed


def refuse_installed(application: Application) -> None:
    """Raises Refused where a template decides the parameters."""
    if application.installed() is not None:
        raise Refused("Its parameters come from its template: change them in the source, and publish a version.")


def _refuse_stale(now: AppSpec, since: AppSpec | None, sections: Collection[str]) -> None:
    if since is not None and any(getattr(now, name) != getattr(since, name) for name in sections):
        raise Refused("Somebody else changed this just now. Save again to see what.")


def _save(application: Application, by: Actor, before: AppSpec, after: AppSpec) -> tuple[str, ...]:
    refuse_new_faults(before, after)
    changed = _changed(before, after)
    if changed or application.illegible:
        write_desired(application, after, by)
        data = {"said": [*edits(before, after), *left_out(application)]}
        audit.record(by, "edited", application, url=application.get_absolute_url(), data=data)
    return changed


def _changed(before: AppSpec, after: AppSpec) -> tuple[str, ...]:
    result = []
    for section, word in (("volumes", "volume"), ("networks", "network"), ("parameters", "parameter")):
        was, now = getattr(before, section), getattr(after, section)
        result += [f"{word} {key}" for key in sorted(was.keys() | now.keys()) if was.get(key) != now.get(key)]
    return tuple(result)
