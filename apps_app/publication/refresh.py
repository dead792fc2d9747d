"""A draft's components taken again from their source, for what failed to be synchronized."""

from collections.abc import Collection

from apps_app.publication.baseline import Source
from apps_app.publication.component_selection import without
from apps_app.publication.credential_choices import suspects
from apps_app.publication.parameter_choices import decided
from config.errors import Refused
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.validation.resource_usage import networks_of, parameters_of, volumes_of
from templates_app.appspec.validation.validate import check


def refreshed(draft: AppSpec, source: Source, keys: Collection[str]) -> AppSpec:
    """The draft with the components `keys` as the source has them now, and with what these need.

    What was decided about parameters stays; those that the components use get the source's values. Raises Refused
    where that brings in a credential or a document that does not hold together.
    """
    smaller = without(source.spec, source.spec.components.keys() - draft.components.keys())
    used = {key: smaller.components[key] for key in keys if key in smaller.components}
    spec = draft.model_copy(update={"components": {**draft.components, **used}})
    for component in used.values():
        volumes = {**volumes_of(smaller, component), **spec.volumes}
        networks = {**networks_of(smaller, component), **spec.networks}
        spec = spec.model_copy(update={"volumes": volumes, "networks": networks})
    spec = _with_parameters(spec, draft, smaller, source, parameters_of(used.values()))
    if suspects(spec, {}, draft, source.sealed):
        raise Refused("What changed in the source looks like a credential: give this up and publish again.")
    faults = check(spec)
    if faults:
        raise Refused("With the components as they are now, this does not hold together.", faults)
    return spec


def _with_parameters(spec: AppSpec, draft: AppSpec, smaller: AppSpec, source: Source, used: frozenset[str]) -> AppSpec:
    """Decided like a publication whose last version is the draft."""
    names = used & smaller.parameters.keys()
    requested: dict[str, Parameter] = {name: smaller.parameters[name] for name in names}
    now = decided(smaller.model_copy(update={"parameters": requested}), source.values, draft, {})
    return spec.model_copy(update={"parameters": {**draft.parameters, **now.parameters}})
