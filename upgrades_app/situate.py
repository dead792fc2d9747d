"""Rows → what the engine plans from: the documents on each side, the values, what the target shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from apps_app.drivers.base import Observed
from apps_app.models import Application, Installation, Origin, Value
from templates_app.models import TemplateVersion
from templates_app.spec.dump import Tree
from templates_app.spec.model import AppSpec
from templates_app.spec.parse import parse
from upgrades_app.engine.situation import Side

NOTHING = AppSpec()


def desired_side(application: Application) -> Side:
    return _side(
        application.desired_spec(), ((value.name, value.secret, value.desired) for value in application.values.all())
    )


def applied_side(application: Application) -> Side:
    return _side(
        application.applied_spec(), ((value.name, value.secret, value.applied) for value in application.values.all())
    )


def base_of(installation: Installation | None) -> AppSpec:
    """Per component, the version it came from; parameters, volumes and networks of the installation's version."""
    if installation is None or installation.version is None:
        return NOTHING
    origins = list(installation.origins.exclude(state=Origin.State.KEPT_AS_OWN))
    versions = TemplateVersion.objects.in_bulk({one.version_id for one in origins} | {installation.version_id})
    components: Tree = {}
    for origin in origins:
        document = versions[origin.version_id].document["components"]
        if origin.template_key in document:
            components[origin.template_key] = document[origin.template_key]
    return parse({**versions[installation.version_id].document, "components": components})


def observed(application: Application) -> Mapping[str, Observed]:
    """What the target shows now. Raises DriverError."""
    if application.target is None:
        return {}
    return application.target.driver().read(application.placement)


def _side(spec: AppSpec, values: Iterable[tuple[str, bool, object]]) -> Side:
    given: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for name, secret, value in values:
        if value is not None:
            (secrets if secret else given)[name] = value.reveal()  # type: ignore[attr-defined]
    return Side(spec=spec, values=given, secrets=secrets)
