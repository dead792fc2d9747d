"""A version's document as it reads by itself: its own defaults in place, before anybody sets a value."""

from templates_app.appspec.diff.diff import Comparison, compare
from templates_app.appspec.diff.field_change import Symbol
from templates_app.appspec.interpolation.render import effective, render
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec, Parameter

RELATIONS = {
    Symbol.ADDED: "new",
    Symbol.CHANGED: "changed",
    Symbol.UNCHANGED: "unchanged",
    Symbol.REMOVED: "removed",
}


def as_published(spec: AppSpec) -> AppSpec:
    """The document rendered with its defaults. A reference that demands a value and has none stays as it is written."""
    values = effective({name: parameter for name, parameter in spec.parameters.items() if not parameter.secret}, {})
    try:
        return render(spec, values)
    except SpecError:
        open_ones = {name: _kept(parameter, values.get(name)) for name, parameter in spec.parameters.items()}
    try:
        rendered = render(spec.model_copy(update={"parameters": open_ones}), values)
    except SpecError:
        return spec
    return rendered.model_copy(update={"parameters": spec.parameters})


def compare_published(before: AppSpec, after: AppSpec) -> Comparison:
    """Two versions' documents laid side by side as each reads by itself."""
    return compare(as_published(before), as_published(after))


def relations(comparison: Comparison) -> dict[str, str]:
    """Each component of either side → new, changed, unchanged or removed."""
    return {change.key: RELATIONS[change.symbol] for change in comparison.components}


def _kept(parameter: Parameter, value: str | None) -> Parameter:
    return parameter if value else parameter.model_copy(update={"secret": True})
