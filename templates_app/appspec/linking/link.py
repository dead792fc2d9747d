"""Restate an application as an installation of a version, without changing what is deployed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from templates_app.appspec.linking.equivalence import ResolvedSide, find_sealed_names
from templates_app.appspec.linking.parameter_inference import InferredParameter, infer_parameters
from templates_app.appspec.linking.version_restatement import VersionRestater, find_parameters_in_use
from templates_app.appspec.schema.errors import Fault, SpecError
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.validation.validate import validate_values


@dataclass(frozen=True, slots=True)
class LinkedSpec:
    """Both sides in the version's words.

    `wanted` and `applied_values` are what is set for the version's parameters on each side. `inferred` is what the
    application's texts alone speak for, `contradicting` what they do not agree about.
    """

    desired: AppSpec
    applied: AppSpec
    desired_values: Mapping[str, str] = field(repr=False)
    applied_values: Mapping[str, str] = field(repr=False)
    inferred: Mapping[str, InferredParameter]
    contradicting: Mapping[str, tuple[InferredParameter, ...]]


def link_spec(
    version: AppSpec,
    desired: ResolvedSide,
    applied: ResolvedSide,
    provided: Mapping[str, str],
    touched: Collection[str],
) -> LinkedSpec:
    """`version` has the application's keys already. `given`: values that somebody sets for its parameters.

    `touched` are the components that are on the target: what a plan compares of these does not change at all; of the
    others the target would get the same. Raises SpecError for values that cannot be set.
    """
    shared = find_shared_values(version, desired)
    _check_values(version, shared, provided)
    known = {**provided, **shared}
    guesses = infer_parameters(version, desired, known)
    inferred = {name: data[0] for name, data in guesses.items() if len(data) == 1}
    items = {**{name: parameter.value for name, parameter in inferred.items() if parameter.value is not None}, **known}
    on_target = {**items, **find_shared_values(version, applied)} if touched else {}
    parameters = _build_parameters(version, (desired, applied), items, strict=bool(touched))
    teller = VersionRestater(version, parameters, frozenset(touched))
    return LinkedSpec(
        desired=teller.restate(desired, items),
        applied=teller.restate(applied, on_target) if touched else applied.spec,
        desired_values=_find_set_values(parameters, items),
        applied_values=_find_set_values(parameters, on_target),
        inferred=inferred,
        contradicting={name: data for name, data in guesses.items() if len(data) > 1},
    )


def find_shared_values(version: AppSpec, held: ResolvedSide) -> dict[str, str]:
    """Return the values of parameters that both documents declare, as far as the application's texts use them."""
    spoken = held.set_values.keys() | find_parameters_in_use(held.spec)
    return {name: text for name, text in held.in_effect.items() if name in version.parameters and name in spoken}


def _check_values(version: AppSpec, shared: Mapping[str, str], provided: Mapping[str, str]) -> None:
    faults = [
        Fault(f"parameters.{name}", f"{name} has a value; change it after linking")
        for name in sorted(provided.keys() & shared.keys())
        if provided[name] != shared[name]
    ]
    faults += validate_values(version.parameters, provided)
    if faults:
        raise SpecError(faults)


def _build_parameters(
    version: AppSpec, sides: tuple[ResolvedSide, ResolvedSide], desired: Mapping[str, str], *, strict: bool
) -> dict[str, Parameter]:
    """Return the version's parameters, asked where the application has another value and sealed where it keeps a
    secret."""
    sealed_there = find_sealed_names(version.parameters)
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


def _find_set_values(parameters: Mapping[str, Parameter], values: Mapping[str, str]) -> dict[str, str]:
    """Return the values to store: those that differ from the version's defaults."""
    sealed = find_sealed_names(parameters)
    return {
        name: text
        for name, text in values.items()
        if name in sealed or not (parameters[name].fixed or text == parameters[name].default)
    }
