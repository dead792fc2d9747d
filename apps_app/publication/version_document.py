"""The document of a version, made from its source and what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps_app.publication.choices import Choices, Decision
from apps_app.publication.component_selection import dependants, inseparable, sentences, without
from apps_app.publication.credential_choices import made_secret, suspects
from apps_app.publication.parameter_choices import decided
from config.errors import Refused
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.secrets.credential_scanner import Suspect
from templates_app.appspec.validation.explicit_names import own_names
from templates_app.appspec.validation.validate import check


@dataclass(frozen=True, slots=True)
class Publication:
    """`spec` is the version's document. `source` is the source's own, from which credentials (`secrets`, by parameter)
    were moved out."""

    spec: AppSpec
    source: AppSpec
    secrets: Mapping[str, str]
    left_out: tuple[str, ...]
    hidden: tuple[Suspect, ...] = ()


def assemble(
    source: AppSpec,
    values: Mapping[str, str],
    base: AppSpec | None,
    choices: Choices,
    sealed: Mapping[str, str] | None = None,
) -> Publication:
    """What would be published. `values`: what the source's operator set and is no secret, `sealed`: what is;
    `base`: the last version.

    Raises Refused with everything that keeps it from being published.
    """
    _refuse_unknown_components(source, choices)
    refuse_separated(source, choices)
    remaining = without(source, choices.leave_out)
    result = [finding for finding in suspects(remaining, values, base, sealed) if not finding.named_in(choices.plain)]
    hidden, secrets = made_secret(source, values, result)
    spec = without(own_names(hidden) if choices.own_names else hidden, choices.leave_out)
    _refuse_unknown_parameters(hidden, choices)
    spec = decided(spec, values, base, choices.decisions)
    _refuse_faults(spec)
    return Publication(spec, hidden, secrets, tuple(sorted(choices.leave_out)), tuple(result))


def refuse_separated(source: AppSpec, choices: Choices) -> None:
    """Raises Refused where a left-out component is needed by one that stays, unless the dependency may be cut."""
    bound = inseparable(source, choices.leave_out)
    if bound:
        lines = [f"{key} shares the network of {other}" for key, other in bound.items()]
        raise Refused(f"{'; '.join(lines)}: leave both out, or neither.")
    needed = dependants(source, choices.leave_out)
    if needed and not choices.cut:
        raise Refused(f"{'; '.join(sentences(needed))}.")


def _refuse_unknown_components(source: AppSpec, choices: Choices) -> None:
    if not source.components:
        raise Refused("There is nothing to publish: this application has no component.")
    unknown = sorted(choices.leave_out - source.components.keys())
    if unknown:
        raise Refused(f"There is no component {' and no component '.join(unknown)} to leave out.")
    if not source.components.keys() - choices.leave_out:
        raise Refused("A version needs at least one component.")


def _refuse_unknown_parameters(source: AppSpec, choices: Choices) -> None:
    unknown = sorted(choices.decisions.keys() - source.parameters.keys())
    if unknown:
        raise Refused(f"There is no parameter {' and no parameter '.join(unknown)} to decide about.")
    secret = [
        name
        for name, decision in sorted(choices.decisions.items())
        if decision is Decision.FIXED and source.parameters[name].secret
    ]
    if secret:
        raise Refused(f"{', '.join(secret)} cannot be fixed by the version: no version holds a secret.")


def _refuse_faults(spec: AppSpec) -> None:
    faults = [*check(spec), *(
        Fault(f"parameters.{name}", "is required and fixed by the version, and has no value")
        for name, parameter in spec.parameters.items()
        if parameter.fixed and parameter.required and not parameter.default
    )]  # fmt: skip
    if faults:
        raise Refused("This does not hold together, so it cannot be published.", faults)
