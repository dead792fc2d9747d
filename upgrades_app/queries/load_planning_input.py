"""Rows → what the engine plans from: the documents on each side, the values, what the target shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apps_app.drivers.base import Driver, DriverError, Observed
from apps_app.models import Application, Installation, Origin
from config.accounts.sealing.sealed import Secret
from config.errors import Refused
from templates_app.appspec.merge.rekey import rekeyed
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from templates_app.appspec.schema.serialize import Tree
from templates_app.models import TemplateVersion
from upgrades_app.engine.inputs.planning_input import Side
from upgrades_app.queries.component_keys import key_here

NOTHING = AppSpec()


def desired_side(application: Application) -> Side:
    values = application.values.all()
    return _side(application.desired_spec(), ((value.name, value.secret, value.desired) for value in values))


def applied_side(application: Application) -> Side:
    values = application.values.all()
    return _side(application.applied_spec(), ((value.name, value.secret, value.applied) for value in values))


def base_of(installation: Installation | None) -> AppSpec:
    """Per component, the version it came from; parameters, volumes and networks of the installation's version.

    What was declined is not in it, so that it is offered again.
    """
    if installation is None or installation.version is None:
        return NOTHING
    excluded = (Origin.State.KEPT_AS_OWN, Origin.State.DECLINED)
    origins = list(installation.origins.exclude(state__in=excluded).select_related("component"))
    versions = TemplateVersion.objects.in_bulk({origin.version_id for origin in origins} | {installation.version_id})
    components: Tree = {}
    for origin in origins:
        document = versions[origin.version_id].document["components"]
        if origin.template_key in document:
            components[origin.template_key] = document[origin.template_key]
    spec = parse({**versions[installation.version_id].document, "components": components})
    return rekeyed(spec, {origin.template_key: key_here(origin) for origin in origins})


@dataclass(frozen=True, slots=True)
class Seen:
    """What a target showed of an application when it was asked, and whether it starts what it is given; `volumes` are
    those with data, by key."""

    observed: Mapping[str, Observed]
    runs: bool
    volumes: frozenset[str] = frozenset()


def look(application: Application) -> Seen:
    """Asks the target, which may take its time: never while rows are locked. Raises Refused when it does not answer."""
    try:
        driver = driver_of(application)
        placement = application.placement
        return Seen(driver.read(placement), driver.runs, driver.volumes(placement))
    except DriverError as error:
        raise Refused(f"The target {application.target} does not answer: {error}") from error


def driver_of(application: Application) -> Driver:
    """The driver of its target. Raises Refused where it has none, and DriverError."""
    if application.target is None:
        raise Refused(f"{application} has no target, so there is nowhere to apply this. Choose one in its settings.")
    return application.target.driver()


def _side(spec: AppSpec, rows: Iterable[tuple[str, bool, Secret | None]]) -> Side:
    values: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for name, secret, value in rows:
        if value is not None:
            (secrets if secret else values)[name] = value.reveal()
    return Side(spec=spec, values=values, secrets=secrets)
