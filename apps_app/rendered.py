"""An application's documents as they read with its values in place."""

from collections.abc import Iterable

from apps_app.models import Application, Value
from templates_app.spec.errors import SpecError
from templates_app.spec.model import AppSpec
from templates_app.spec.render import effective, render


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
    parameters = {name: one for name, one in spec.parameters.items() if not one.secret}
    try:
        return render(spec, effective(parameters, given_values(application)))
    except SpecError:
        return spec
