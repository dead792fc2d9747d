"""A version's document rendered with its default values."""

from templates_app.appspec.diff.diff import SpecDiff, compare_specs
from templates_app.appspec.diff.field_change import Symbol
from templates_app.appspec.interpolation.render import get_effective_values, render_spec
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec, Parameter

RELATIONS = {
    Symbol.ADDED: "new",
    Symbol.CHANGED: "changed",
    Symbol.UNCHANGED: "unchanged",
    Symbol.REMOVED: "removed",
}


def render_published(spec: AppSpec) -> AppSpec:
    """Render the document with its defaults. References without a value are kept."""
    values = get_effective_values(
        {name: parameter for name, parameter in spec.parameters.items() if not parameter.secret}, {}
    )
    try:
        return render_spec(spec, values)
    except SpecError:
        open_ones = {name: _keep_components(parameter, values.get(name)) for name, parameter in spec.parameters.items()}
    try:
        rendered = render_spec(spec.model_copy(update={"parameters": open_ones}), values)
    except SpecError:
        return spec
    return rendered.model_copy(update={"parameters": spec.parameters})


def compare_published(before: AppSpec, after: AppSpec) -> SpecDiff:
    """Compare two versions, each rendered with its own defaults."""
    return compare_specs(render_published(before), render_published(after))


def compare_components(comparison: SpecDiff) -> dict[str, str]:
    """Return for each component whether it is new, changed, unchanged or removed."""
    return {change.key: RELATIONS[change.symbol] for change in comparison.components}


def _keep_components(parameter: Parameter, value: str | None) -> Parameter:
    return parameter if value else parameter.model_copy(update={"secret": True})
