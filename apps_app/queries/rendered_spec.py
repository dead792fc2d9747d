"""An application's documents as they read with its values in place."""

from collections.abc import Iterable, Mapping

from apps_app.models import Application, Value
from templates_app.appspec.interpolation.render import effective, render
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec


def given_values(application: Application) -> dict[str, str]:
    """What its operator set and is no secret, by parameter."""
    return _revealed(application.values.wanted().filter(secret=False))


def secret_values(application: Application) -> dict[str, str]:
    """The secrets that were set or generated, by parameter: to compare with, never to show."""
    return _revealed(application.values.wanted().filter(secret=True))


def _revealed(rows: Iterable[Value]) -> dict[str, str]:
    return {row.name: row.desired.reveal() for row in rows if row.desired is not None}


def rendered(application: Application, spec: AppSpec) -> AppSpec:
    """The spec with its effective values in place; as it is written where it cannot be rendered."""
    return rendered_with(spec, given_values(application))


def rendered_as_applied(application: Application) -> AppSpec:
    """What the target has, as far as it can be read, with the values that were applied with it."""
    rows = application.values.filter(secret=False, applied__isnull=False)
    return rendered_with(application.legible_applied_spec(), {row.name: row.applied_text() for row in rows})


def applied_document(application: Application) -> AppSpec | None:
    """What the target has; None for an application without one."""
    return rendered_as_applied(application) if application.target_id is not None else None


def rendered_with(spec: AppSpec, provided: Mapping[str, str]) -> AppSpec:
    """The same with these values set, and no others."""
    parameters = {name: parameter for name, parameter in spec.parameters.items() if not parameter.secret}
    try:
        return render(spec, effective(parameters, provided))
    except SpecError:
        return spec
