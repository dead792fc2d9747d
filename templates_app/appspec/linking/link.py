"""An application told as if it had been installed from a version; what it is on its target stays the same."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from templates_app.appspec.linking.equivalence import Held, sealed_names
from templates_app.appspec.linking.parameter_inference import Guess, infer
from templates_app.appspec.linking.version_restatement import Teller, used_in
from templates_app.appspec.schema.errors import Fault, SpecError
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.validation.validate import check_given


@dataclass(frozen=True, slots=True)
class Attached:
    """Both sides in the version's words.

    `wanted` and `applied_values` are what is set for the version's parameters on each side. `inferred` is what the
    application's texts alone speak for, `contradicting` what they do not agree about.
    """

    desired: AppSpec
    applied: AppSpec
    wanted: Mapping[str, str] = field(repr=False)
    applied_values: Mapping[str, str] = field(repr=False)
    inferred: Mapping[str, Guess]
    contradicting: Mapping[str, tuple[Guess, ...]]


def attach(
    version: AppSpec, desired: Held, applied: Held, provided: Mapping[str, str], touched: Collection[str]
) -> Attached:
    """`version` has the application's keys already. `provided`: values that somebody sets for its parameters.

    `touched` are the components that are on the target: what a plan compares of these does not change at all; of the
    others the target would get the same. Raises SpecError for values that cannot be set.
    """
    shared = shared_values(version, desired)
    _refuse(version, shared, provided)
    known = {**provided, **shared}
    guesses = infer(version, desired, known)
    inferred = {name: data[0] for name, data in guesses.items() if len(data) == 1}
    items = {**{name: parameter.value for name, parameter in inferred.items() if parameter.value is not None}, **known}
    on_target = {**items, **shared_values(version, applied)} if touched else {}
    parameters = _parameters(version, (desired, applied), items, strict=bool(touched))
    teller = Teller(version, parameters, frozenset(touched))
    return Attached(
        desired=teller.told(desired, items),
        applied=teller.told(applied, on_target) if touched else applied.spec,
        wanted=_set(parameters, items),
        applied_values=_set(parameters, on_target),
        inferred=inferred,
        contradicting={name: data for name, data in guesses.items() if len(data) > 1},
    )


def shared_values(version: AppSpec, held: Held) -> dict[str, str]:
    """The values of parameters that both know, as far as the application speaks by them."""
    spoken = held.given.keys() | used_in(held.spec)
    return {name: text for name, text in held.in_effect.items() if name in version.parameters and name in spoken}


def _refuse(version: AppSpec, shared: Mapping[str, str], provided: Mapping[str, str]) -> None:
    faults = [
        Fault(f"parameters.{name}", f"{name} has a value here; change it once this is attached")
        for name in sorted(provided.keys() & shared.keys())
        if provided[name] != shared[name]
    ]
    faults += check_given(version.parameters, provided)
    if faults:
        raise SpecError(faults)


def _parameters(
    version: AppSpec, sides: tuple[Held, Held], desired: Mapping[str, str], *, strict: bool
) -> dict[str, Parameter]:
    """The version's: opened where the application has another value, and sealed as the application keeps them."""
    sealed_there = sealed_names(version.parameters)
    created = {}
    for name, parameter in version.parameters.items():
        owners = [side for side in sides if name in side.spec.parameters]
        values = {desired.get(name), *(side.in_effect.get(name) for side in owners)} - {None, parameter.default}
        sealed = any(name in side.sealed for side in owners)
        update: dict[str, object] = {}
        if sealed and name not in sealed_there:
            update = {"secret": True, "default": None, "fixed": False}
        elif strict and owners and not sealed and name in sealed_there:
            update = {"secret": False, "generate": ""}
        elif parameter.fixed and values:
            update = {"fixed": False}
        created[name] = parameter.model_copy(update=update) if update else parameter
    return created


def _set(parameters: Mapping[str, Parameter], values: Mapping[str, str]) -> dict[str, str]:
    """What has to be stored: not what the version says itself."""
    sealed = sealed_names(parameters)
    return {
        name: text
        for name, text in values.items()
        if name in sealed or not (parameters[name].fixed or text == parameters[name].default)
    }
