"""Who sets each parameter of a publication, and what holds where nobody does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from apps_app.publication.choices import Decision
from templates_app.appspec.interpolation.render import stand_ins
from templates_app.appspec.interpolation.syntax import TextError, names
from templates_app.appspec.schema.model import AppSpec, Parameter

PLAIN_CHOICES = (Decision.FIXED, Decision.ASKED)
SECRET_CHOICES = (Decision.GENERATED, Decision.ASKED)
GENERATE = "password:24"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One parameter as it would be published: `value` is the source's, None where it has none; secrets show none.

    `stand_in` is what the document itself uses while there is no value.
    """

    name: str
    label: str
    secret: bool
    value: str | None
    decision: Decision
    choices: tuple[Decision, ...]
    reason: str = ""
    generate: str = ""
    stand_in: str = ""


def proposals(spec: AppSpec, values: Mapping[str, str], base: AppSpec | None) -> tuple[Proposal, ...]:
    """Each parameter of the source with the decision proposed: the last version's; else fixed where an image uses it.

    `values`: what the source's operator set and is no secret.
    """
    in_images, empty = used_in_images(spec), stand_ins(spec)
    last = base.parameters if base else {}
    return tuple(
        replace(
            _proposal(name, parameter, values.get(name, parameter.default), last.get(name), name in in_images),
            stand_in=empty.get(name, ""),
        )
        for name, parameter in sorted(spec.parameters.items())
    )


def decided(
    spec: AppSpec, values: Mapping[str, str], base: AppSpec | None, decisions: Mapping[str, Decision]
) -> AppSpec:
    """The document with its parameters as decided, or as proposed; the source's values are their defaults."""
    proposed = {proposal.name: proposal for proposal in proposals(spec, values, base)}
    parameters = {
        name: _decided(parameter, proposed[name], decisions.get(name, proposed[name].decision))
        for name, parameter in spec.parameters.items()
    }
    return spec.model_copy(update={"parameters": parameters})


def used_in_images(spec: AppSpec) -> frozenset[str]:
    """The parameters that the image of some component refers to."""
    return frozenset().union(*(_readable(component.image) for component in spec.components.values()))


def _proposal(name: str, parameter: Parameter, value: str | None, last: Parameter | None, in_image: bool) -> Proposal:
    if parameter.secret:
        generate = last.generate if last is not None and last.secret else parameter.generate
        decision = Decision.GENERATED if generate else Decision.ASKED
        return Proposal(
            name, parameter.label or name, True, None, decision, SECRET_CHOICES, generate=generate or parameter.generate
        )
    if last is not None and not last.secret:
        decision, reason = (Decision.FIXED if last.fixed else Decision.ASKED), "as in the last version"
    elif in_image:
        decision, reason = Decision.FIXED, "an image uses it"
    else:
        decision, reason = (Decision.FIXED if parameter.fixed else Decision.ASKED), ""
    return Proposal(name, parameter.label or name, False, value, decision, PLAIN_CHOICES, reason)


def _decided(parameter: Parameter, proposed: Proposal, decision: Decision) -> Parameter:
    if parameter.secret:
        generate = (proposed.generate or GENERATE) if decision is Decision.GENERATED else ""
        return parameter.model_copy(update={"generate": generate, "fixed": False, "default": None})
    return parameter.model_copy(update={"fixed": decision is Decision.FIXED, "default": proposed.value})


def _readable(text: str) -> frozenset[str]:
    try:
        return names(text)
    except TextError:
        return frozenset()
