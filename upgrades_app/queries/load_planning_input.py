"""Load the specs, values and live state that the engine plans from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apps_app.drivers.base import Driver, DriverError, ObservedComponent
from apps_app.models import Application, ComponentOrigin, Installation
from config.accounts.sealing.sealed import Secret
from config.errors import OperationRefused
from templates_app.appspec.merge.rekey import rename_components
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_spec
from templates_app.appspec.schema.serialize import JsonTree
from templates_app.models import TemplateVersion
from upgrades_app.engine.inputs.planning_input import SpecSide
from upgrades_app.queries.component_keys import get_installed_key

EMPTY_SPEC = AppSpec()


def get_desired_side(application: Application) -> SpecSide:
    values = application.values.all()
    return _build_side(application.desired_spec(), ((value.name, value.secret, value.desired) for value in values))


def get_applied_side(application: Application) -> SpecSide:
    values = application.values.all()
    return _build_side(application.applied_spec(), ((value.name, value.secret, value.applied) for value in values))


def load_base_spec(installation: Installation | None) -> AppSpec:
    """Return the merge base: each component as in the version it came from, the rest as in the installed version.

    Declined components are excluded, so that they are offered again.
    """
    if installation is None or installation.version is None:
        return EMPTY_SPEC
    excluded = (ComponentOrigin.State.KEPT_AS_OWN, ComponentOrigin.State.DECLINED)
    origins = list(installation.origins.exclude(state__in=excluded).select_related("component"))
    versions = TemplateVersion.objects.in_bulk({origin.version_id for origin in origins} | {installation.version_id})
    components: JsonTree = {}
    for origin in origins:
        document = versions[origin.version_id].document["components"]
        if origin.template_key in document:
            components[origin.template_key] = document[origin.template_key]
    spec = parse_spec({**versions[installation.version_id].document, "components": components})
    return rename_components(spec, {origin.template_key: get_installed_key(origin) for origin in origins})


@dataclass(frozen=True, slots=True)
class LiveState:
    """Snapshot of an application on its target. `volumes` holds the keys of volumes with data."""

    observed: Mapping[str, ObservedComponent]
    starts_containers: bool
    volumes: frozenset[str] = frozenset()


def read_live_state(application: Application) -> LiveState:
    """Read the live state from the target. Slow: never call it while rows are locked.

    Raises OperationRefused if the target is unreachable.
    """
    try:
        driver = open_driver(application)
        placement = application.placement
        return LiveState(driver.read(placement), driver.starts_containers, driver.list_volumes(placement))
    except DriverError as error:
        raise OperationRefused(f"Target {application.target} is unreachable: {error}") from error


def open_driver(application: Application) -> Driver:
    """Return the driver of the application's target. Raises OperationRefused without a target, and DriverError."""
    if application.target is None:
        raise OperationRefused(f"{application} has no target. Choose one in its settings.")
    return application.target.open_driver()


def _build_side(spec: AppSpec, rows: Iterable[tuple[str, bool, Secret | None]]) -> SpecSide:
    values: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for name, secret, value in rows:
        if value is not None:
            (secrets if secret else values)[name] = value.reveal()
    return SpecSide(spec=spec, values=values, secrets=secrets)
