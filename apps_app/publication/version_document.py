from collections.abc import Mapping
from dataclasses import dataclass

from apps_app.publication.choices import ParameterDecision, PublicationChoices
from apps_app.publication.component_selection import (
    describe_dependants,
    drop_components,
    find_inseparable,
    list_dependants,
)
from apps_app.publication.credential_choices import extract_credentials, find_publication_credentials
from apps_app.publication.parameter_choices import apply_decisions
from config.errors import OperationRefused
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.secrets.credential_scanner import CredentialFinding
from templates_app.appspec.validation.explicit_names import make_names_unique
from templates_app.appspec.validation.validate import validate_spec


@dataclass(frozen=True, slots=True)
class Publication:
    """`spec` is the version's document. `source` is the source's own, from which credentials (`secrets`, by parameter)
    were moved out."""

    spec: AppSpec
    source: AppSpec
    secrets: Mapping[str, str]
    left_out: tuple[str, ...]
    hidden: tuple[CredentialFinding, ...] = ()


def build_version_document(
    source: AppSpec,
    values: Mapping[str, str],
    base: AppSpec | None,
    choices: PublicationChoices,
    sealed: Mapping[str, str] | None = None,
) -> Publication:
    """What would be published. `values`: what the source's operator set and is no secret, `sealed`: what is;
    `base`: the last version.

    Raises OperationRefused with everything that keeps it from being published.
    """
    _check_components_exist(source, choices)
    check_inseparable(source, choices)
    remaining = drop_components(source, choices.leave_out)
    result = [
        finding
        for finding in find_publication_credentials(remaining, values, base, sealed)
        if not finding.named_in(choices.plain_credentials)
    ]
    hidden, secrets = extract_credentials(source, values, result)
    spec = drop_components(make_names_unique(hidden) if choices.unique_names else hidden, choices.leave_out)
    _check_parameters_exist(hidden, choices)
    spec = apply_decisions(spec, values, base, choices.decisions)
    _check_faults(spec)
    return Publication(spec, hidden, secrets, tuple(sorted(choices.leave_out)), tuple(result))


def check_inseparable(source: AppSpec, choices: PublicationChoices) -> None:
    """Raises OperationRefused where a left-out component is needed by one that stays, unless the dependency may be cut."""
    bound = find_inseparable(source, choices.leave_out)
    if bound:
        lines = [f"{key} shares the network of {other}" for key, other in bound.items()]
        raise OperationRefused(f"{'; '.join(lines)}. Select both or neither.")
    needed = list_dependants(source, choices.leave_out)
    if needed and not choices.drop_dependencies:
        raise OperationRefused(f"{'; '.join(describe_dependants(needed))}.")


def _check_components_exist(source: AppSpec, choices: PublicationChoices) -> None:
    if not source.components:
        raise OperationRefused("This application has no components to publish.")
    unknown = sorted(choices.leave_out - source.components.keys())
    if unknown:
        raise OperationRefused(f"There is no component {' and no component '.join(unknown)} to leave out.")
    if not source.components.keys() - choices.leave_out:
        raise OperationRefused("A version needs at least one component.")


def _check_parameters_exist(source: AppSpec, choices: PublicationChoices) -> None:
    unknown = sorted(choices.decisions.keys() - source.parameters.keys())
    if unknown:
        raise OperationRefused(f"There is no parameter {' and no parameter '.join(unknown)} to decide about.")
    secret = [
        name
        for name, decision in sorted(choices.decisions.items())
        if decision is ParameterDecision.FIXED and source.parameters[name].secret
    ]
    if secret:
        raise OperationRefused(
            f"{', '.join(secret)} cannot be fixed by the version, because versions do not contain secrets."
        )


def _check_faults(spec: AppSpec) -> None:
    faults = [*validate_spec(spec), *(
        Fault(f"parameters.{name}", "is required and fixed by the version, and has no value")
        for name, parameter in spec.parameters.items()
        if parameter.fixed and parameter.required and not parameter.default
    )]  # fmt: skip
    if faults:
        raise OperationRefused("The version is invalid and cannot be published.", faults)
