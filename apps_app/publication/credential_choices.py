"""What looks like a credential in a publication: it becomes a secret parameter unless somebody wants it plain."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from config.errors import Refused
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import tree
from templates_app.appspec.secrets.secret_extraction import Suspect, credentials, make_secret


def suspects(
    spec: AppSpec, values: Mapping[str, str], base: AppSpec | None, sealed: Mapping[str, str] | None = None
) -> tuple[Suspect, ...]:
    """Everything that looks like a credential, without what the last version holds plain at the same place already.

    `sealed`: the secret values that the source has, by parameter, so that the same value again becomes no second one.
    """
    valued = with_values(spec, values)
    plain, before = tree(valued), tree(base) if base is not None else {}
    return tuple(finding for finding in credentials(valued, sealed) if not _accepted(finding, plain, before))


def made_secret(spec: AppSpec, values: Mapping[str, str], result: Iterable[Suspect]) -> tuple[AppSpec, dict[str, str]]:
    """The document with each of them a secret parameter, and the values taken out, by parameter. Raises Refused."""
    secrets: dict[str, str] = {}
    for finding in result:
        try:
            spec, value = make_secret(spec, finding.path, finding.name, finding.same)
        except SpecError as error:
            raise Refused(
                f"{finding.place} cannot be made the secret parameter {finding.name}: change it, or publish it plain.",
                error.faults,
            ) from error
        if finding.name not in secrets:
            secrets[finding.name] = values.get(finding.name, value) if finding.is_parameter else value
    return spec, secrets


def with_values(spec: AppSpec, values: Mapping[str, str]) -> AppSpec:
    """The document with what its operator set as the parameters' defaults."""
    parameters = {
        name: parameter
        if parameter.secret or name not in values
        else parameter.model_copy(update={"default": values[name]})
        for name, parameter in spec.parameters.items()
    }
    return spec.model_copy(update={"parameters": parameters})


def _accepted(finding: Suspect, plain: JsonValue, before: JsonValue) -> bool:
    path = (*finding.path, "default") if finding.is_parameter else finding.path
    text = _at(before, path)
    return text is not None and text == _at(plain, path)


def _at(value: JsonValue, path: tuple[str, ...]) -> JsonValue:
    for step in path:
        if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value
