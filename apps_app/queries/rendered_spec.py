from collections.abc import Iterable, Mapping

from apps_app.models import Application, Value
from templates_app.appspec.interpolation.render import get_effective_values, render_spec
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec


def get_set_values(application: Application) -> dict[str, str]:
    """What its operator set and is no secret, by parameter."""
    return _reveal(application.values.desired().filter(secret=False))


def get_secret_values(application: Application) -> dict[str, str]:
    """The secrets that were set or generated, by parameter: to compare with, never to show."""
    return _reveal(application.values.desired().filter(secret=True))


def _reveal(rows: Iterable[Value]) -> dict[str, str]:
    return {row.name: row.desired.reveal() for row in rows if row.desired is not None}


def render_desired(application: Application, spec: AppSpec) -> AppSpec:
    """The spec with its effective values in place; as it is written where it cannot be rendered."""
    return render_with(spec, get_set_values(application))


def render_applied(application: Application) -> AppSpec:
    """What the target has, as far as it can be read, with the values that were applied with it."""
    rows = application.values.filter(secret=False, applied__isnull=False)
    return render_with(application.parse_applied_leniently(), {row.name: row.applied_text() for row in rows})


def get_applied_document(application: Application) -> AppSpec | None:
    """What the target has; None for an application without one."""
    return render_applied(application) if application.target_id is not None else None


def render_with(spec: AppSpec, provided: Mapping[str, str]) -> AppSpec:
    """Render the spec with these values only; returns it unrendered if it cannot be rendered."""
    parameters = {name: parameter for name, parameter in spec.parameters.items() if not parameter.secret}
    try:
        return render_spec(spec, get_effective_values(parameters, provided))
    except SpecError:
        return spec
