"""What looks like a credential in an imported document becomes a secret parameter."""

from collections.abc import Mapping
from dataclasses import dataclass

from templates_app.appspec.interpolation.syntax import TextError
from templates_app.appspec.schema.errors import SpecError, dotted
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.secrets.credential_scanner import without_value
from templates_app.appspec.secrets.secret_extraction import Suspect, credentials, make_secret


@dataclass(frozen=True, slots=True)
class Credential:
    """A text that was recognised as a secret, and the parameter that now holds it; "" where it could not be moved."""

    path: str
    reason: str
    parameter: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A document without the credentials, their values by parameter, and what was found where."""

    spec: AppSpec
    values: Mapping[str, str]
    credentials: tuple[Credential, ...]


def seal(spec: AppSpec, known: Mapping[str, str]) -> Sealed:
    """Moves every credential out. `known` are values of secret parameters that the document has already."""
    values = dict(known)
    result: list[Credential] = []
    for suspect in credentials(spec):
        try:
            spec, parameter = _moved(spec, suspect, values)
        except (SpecError, TextError, KeyError):
            parameter = ""
        result.append(Credential(dotted(suspect.path), suspect.reason, parameter))
    unset = without_value(spec)
    result += [Credential(dotted(finding.path), finding.reason, finding.name) for finding in unset]
    return Sealed(_with_secret(spec, [finding.name for finding in unset]), values, tuple(result))


def _with_secret(spec: AppSpec, names: list[str]) -> AppSpec:
    """What has no value yet is sealed from its first one on."""
    secret = {name: spec.parameters[name].model_copy(update={"secret": True, "default": None}) for name in names}
    return spec.model_copy(update={"parameters": {**spec.parameters, **secret}})


def _moved(spec: AppSpec, suspect: Suspect, values: dict[str, str]) -> tuple[AppSpec, str]:
    after, value = make_secret(spec, suspect.path, suspect.name, suspect.same)
    changed = [name for name, item in after.parameters.items() if spec.parameters.get(name) != item]
    parameter = changed[0] if changed else suspect.name
    values[parameter] = value
    return after, parameter
