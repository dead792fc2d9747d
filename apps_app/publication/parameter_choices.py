from collections.abc import Mapping
from dataclasses import dataclass, replace

from apps_app.publication.choices import ParameterDecision
from templates_app.appspec.interpolation.render import find_fallback_values
from templates_app.appspec.interpolation.syntax import TextError, find_names
from templates_app.appspec.schema.model import AppSpec, Parameter

PLAIN_CHOICES = (ParameterDecision.FIXED, ParameterDecision.PROMPTED)
SECRET_CHOICES = (ParameterDecision.GENERATED, ParameterDecision.PROMPTED)
GENERATE = "password:24"


@dataclass(frozen=True, slots=True)
class ParameterProposal:
    """One parameter as it would be published: `value` is the source's, None where it has none; secrets show none.

    `stand_in` is what the document itself uses while there is no value.
    """

    name: str
    label: str
    secret: bool
    value: str | None
    decision: ParameterDecision
    choices: tuple[ParameterDecision, ...]
    reason: str = ""
    generate: str = ""
    stand_in: str = ""


def propose_parameters(spec: AppSpec, values: Mapping[str, str], base: AppSpec | None) -> tuple[ParameterProposal, ...]:
    """Each parameter of the source with the decision proposed: the last version's; else fixed where used by an image.

    `values`: what the source's operator set and is no secret.
    """
    in_images, empty = list_image_parameters(spec), find_fallback_values(spec)
    last = base.parameters if base else {}
    return tuple(
        replace(
            _propose_parameter(name, parameter, values.get(name, parameter.default), last.get(name), name in in_images),
            stand_in=empty.get(name, ""),
        )
        for name, parameter in sorted(spec.parameters.items())
    )


def apply_decisions(
    spec: AppSpec, values: Mapping[str, str], base: AppSpec | None, decisions: Mapping[str, ParameterDecision]
) -> AppSpec:
    """The document with its parameters as decided, or as proposed; the source's values are their defaults."""
    proposed = {proposal.name: proposal for proposal in propose_parameters(spec, values, base)}
    parameters = {
        name: _apply_decision(parameter, proposed[name], decisions.get(name, proposed[name].decision))
        for name, parameter in spec.parameters.items()
    }
    return spec.model_copy(update={"parameters": parameters})


def list_image_parameters(spec: AppSpec) -> frozenset[str]:
    """Return the parameters that component images refer to."""
    return frozenset().union(*(_find_names(component.image) for component in spec.components.values()))


def _propose_parameter(
    name: str, parameter: Parameter, value: str | None, last: Parameter | None, in_image: bool
) -> ParameterProposal:
    if parameter.secret:
        generate = last.generate if last is not None and last.secret else parameter.generate
        decision = ParameterDecision.GENERATED if generate else ParameterDecision.PROMPTED
        return ParameterProposal(
            name, parameter.label or name, True, None, decision, SECRET_CHOICES, generate=generate or parameter.generate
        )
    if last is not None and not last.secret:
        decision, reason = (
            (ParameterDecision.FIXED if last.fixed else ParameterDecision.PROMPTED),
            "same as in the last version",
        )
    elif in_image:
        decision, reason = ParameterDecision.FIXED, "used by an image"
    else:
        decision, reason = (ParameterDecision.FIXED if parameter.fixed else ParameterDecision.PROMPTED), ""
    return ParameterProposal(name, parameter.label or name, False, value, decision, PLAIN_CHOICES, reason)


def _apply_decision(parameter: Parameter, proposed: ParameterProposal, decision: ParameterDecision) -> Parameter:
    if parameter.secret:
        generate = (proposed.generate or GENERATE) if decision is ParameterDecision.GENERATED else ""
        return parameter.model_copy(update={"generate": generate, "fixed": False, "default": None})
    return parameter.model_copy(update={"fixed": decision is ParameterDecision.FIXED, "default": proposed.value})


def _find_names(text: str) -> frozenset[str]:
    try:
        return find_names(text)
    except TextError:
        return frozenset()
