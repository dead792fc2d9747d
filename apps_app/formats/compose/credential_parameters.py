from collections.abc import Mapping
from dataclasses import dataclass

from templates_app.appspec.interpolation.syntax import TextError
from templates_app.appspec.schema.errors import SpecError, join_path
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.secrets.credential_scanner import drop_value
from templates_app.appspec.secrets.secret_extraction import CredentialFinding, extract_secret, find_credentials


@dataclass(frozen=True, slots=True)
class CredentialParameter:
    """A text that was recognised as a secret, and the parameter that now holds it; "" where it could not be moved."""

    path: str
    reason: str
    parameter: str


@dataclass(frozen=True, slots=True)
class ExtractedCredentials:
    """A document without the credentials, their values by parameter, and what was found where."""

    spec: AppSpec
    values: Mapping[str, str]
    credentials: tuple[CredentialParameter, ...]


def seal(spec: AppSpec, known: Mapping[str, str]) -> ExtractedCredentials:
    """Moves every credential out. `known` are values of secret parameters that the document has already."""
    values = dict(known)
    result: list[CredentialParameter] = []
    for suspect in find_credentials(spec):
        try:
            spec, parameter = _moved(spec, suspect, values)
        except (SpecError, TextError, KeyError):
            parameter = ""
        result.append(CredentialParameter(join_path(suspect.path), suspect.reason, parameter))
    unset = drop_value(spec)
    result += [CredentialParameter(join_path(finding.path), finding.reason, finding.name) for finding in unset]
    return ExtractedCredentials(_with_secret(spec, [finding.name for finding in unset]), values, tuple(result))


def _with_secret(spec: AppSpec, names: list[str]) -> AppSpec:
    """What has no value yet is sealed from its first one on."""
    secret = {name: spec.parameters[name].model_copy(update={"secret": True, "default": None}) for name in names}
    return spec.model_copy(update={"parameters": {**spec.parameters, **secret}})


def _moved(spec: AppSpec, suspect: CredentialFinding, values: dict[str, str]) -> tuple[AppSpec, str]:
    after, value = extract_secret(spec, suspect.path, suspect.name, suspect.same)
    changed = [name for name, item in after.parameters.items() if spec.parameters.get(name) != item]
    parameter = changed[0] if changed else suspect.name
    values[parameter] = value
    return after, parameter
