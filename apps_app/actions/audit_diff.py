from collections.abc import Collection, Iterable

from pydantic import JsonValue

from apps_app.models import Application
from templates_app.appspec.diff.diff import Path, diff_specs
from templates_app.appspec.diff.field_change import FieldChange, describe_path
from templates_app.appspec.interpolation.syntax import TextError, find_names
from templates_app.appspec.presentation.path_labels import describe_fault
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.secrets.secret_extraction import find_credentials

MOST = 50


def describe_edits(before: AppSpec, after: AppSpec, of: str = "") -> list[str]:
    """A sentence for each place that differs, each with its component but those of the component `of`.

    The trail is kept for ever: what looks like a credential, before or after, and what a reference to a secret stood
    or stands for, is named and its text not told.
    """
    changes = [change for change in diff_specs(before, after) if change.path != ("components", of)]
    keys = {change.path[1] for change in changes if change.path[0] == "components"}
    hidden = {finding.path for spec in (before, after) for finding in find_credentials(_select_components(spec, keys))}
    secrets = {name for spec in (before, after) for name, parameter in spec.parameters.items() if parameter.secret}
    hidden |= {
        change.path
        for change in changes
        if _is_reference(change.before, secrets) or _is_reference(change.after, secrets)
    }
    described = [_describe_component(change.path, of) + _describe_change(change, hidden) for change in changes[:MOST]]
    return described if len(changes) <= MOST else [*described, f"and {len(changes) - MOST} more changes"]


def describe_omitted(application: Application) -> list[str]:
    """Describe the invalid parts that the edit drops."""
    return [f"dropped invalid data: {describe_fault(fault)}" for fault in application.parse_errors]


def _select_components(spec: AppSpec, keys: Iterable[str]) -> AppSpec:
    return spec.model_copy(update={"components": {key: spec.components[key] for key in keys if key in spec.components}})


def _describe_component(path: Path, of: str) -> str:
    return f"{path[1]}: " if path[0] == "components" and len(path) > 2 and path[1] != of else ""


def _describe_change(change: FieldChange, hidden: Iterable[Path]) -> str:
    if any(_contains_other(change.path, path) for path in hidden):
        return f"{describe_path(change.path)} {change.symbol.label}"
    return change.describe()


def _is_reference(value: JsonValue | None, secrets: Collection[str]) -> bool:
    """Whether one of these stands in it; a text that cannot be read may."""
    try:
        return not find_names(str(value)).isdisjoint(secrets)
    except TextError:
        return True


def _contains_other(path: Path, other: Path) -> bool:
    return path[: len(other)] == other or other[: len(path)] == path
