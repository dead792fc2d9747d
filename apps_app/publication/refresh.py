from collections.abc import Collection

from apps_app.publication.baseline import PublicationSource
from apps_app.publication.component_selection import drop_components
from apps_app.publication.credential_choices import find_publication_credentials
from apps_app.publication.parameter_choices import apply_decisions
from config.errors import OperationRefused
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.validation.resource_usage import find_networks, find_parameters, find_volumes
from templates_app.appspec.validation.validate import validate_spec


def refresh_document(draft: AppSpec, source: PublicationSource, keys: Collection[str]) -> AppSpec:
    """The draft with the components `keys` as the source has them now, and with what these need.

    What was decided about parameters stays; those that the components use get the source's values. Raises OperationRefused
    where that brings in a credential or a document that does not hold together.
    """
    smaller = drop_components(source.spec, source.spec.components.keys() - draft.components.keys())
    used = {key: smaller.components[key] for key in keys if key in smaller.components}
    spec = draft.model_copy(update={"components": {**draft.components, **used}})
    for component in used.values():
        volumes = {**find_volumes(smaller, component), **spec.volumes}
        networks = {**find_networks(smaller, component), **spec.networks}
        spec = spec.model_copy(update={"volumes": volumes, "networks": networks})
    spec = _merge_parameters(spec, draft, smaller, source, find_parameters(used.values()))
    if find_publication_credentials(spec, {}, draft, source.sealed):
        raise OperationRefused(
            "The source now contains a possible credential. Cancel this publication and publish again."
        )
    faults = validate_spec(spec)
    if faults:
        raise OperationRefused("The current components are invalid.", faults)
    return spec


def _merge_parameters(
    spec: AppSpec, draft: AppSpec, smaller: AppSpec, source: PublicationSource, used: frozenset[str]
) -> AppSpec:
    """Decided like a publication whose last version is the draft."""
    names = used & smaller.parameters.keys()
    requested: dict[str, Parameter] = {name: smaller.parameters[name] for name in names}
    now = apply_decisions(smaller.model_copy(update={"parameters": requested}), source.values, draft, {})
    return spec.model_copy(update={"parameters": {**draft.parameters, **now.parameters}})
