from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from config.errors import OperationRefused
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import to_plain
from templates_app.appspec.secrets.secret_extraction import CredentialFinding, extract_secret, find_credentials


def find_publication_credentials(
    spec: AppSpec, values: Mapping[str, str], base: AppSpec | None, sealed: Mapping[str, str] | None = None
) -> tuple[CredentialFinding, ...]:
    """Everything that looks like a credential, without what the last version holds plain at the same place already.

    `sealed`: the secret values that the source has, by parameter, so that the same value again becomes no second one.
    """
    valued = fill_in_values(spec, values)
    plain, before = to_plain(valued), to_plain(base) if base is not None else {}
    return tuple(finding for finding in find_credentials(valued, sealed) if not _is_accepted(finding, plain, before))


def extract_credentials(
    spec: AppSpec, values: Mapping[str, str], result: Iterable[CredentialFinding]
) -> tuple[AppSpec, dict[str, str]]:
    """The document with each of them a secret parameter, and the values taken out, by parameter. Raises OperationRefused."""
    secrets: dict[str, str] = {}
    for finding in result:
        try:
            spec, value = extract_secret(spec, finding.path, finding.name, finding.same)
        except SpecError as error:
            raise OperationRefused(
                f"{finding.place} cannot be extracted into the secret parameter {finding.name}. "
                "Change it, or publish it as plain text.",
                error.faults,
            ) from error
        if finding.name not in secrets:
            secrets[finding.name] = values.get(finding.name, value) if finding.is_parameter else value
    return spec, secrets


def fill_in_values(spec: AppSpec, values: Mapping[str, str]) -> AppSpec:
    """The document with what its operator set as the parameters' defaults."""
    parameters = {
        name: parameter
        if parameter.secret or name not in values
        else parameter.model_copy(update={"default": values[name]})
        for name, parameter in spec.parameters.items()
    }
    return spec.model_copy(update={"parameters": parameters})


def _is_accepted(finding: CredentialFinding, plain: JsonValue, before: JsonValue) -> bool:
    path = (*finding.path, "default") if finding.is_parameter else finding.path
    text = _get_text(before, path)
    return text is not None and text == _get_text(plain, path)


def _get_text(value: JsonValue, path: tuple[str, ...]) -> JsonValue:
    for step in path:
        if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value
