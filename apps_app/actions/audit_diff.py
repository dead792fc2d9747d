"""What the audit trail says of an edit."""

from collections.abc import Collection, Iterable

from pydantic import JsonValue

from apps_app.models import Application
from templates_app.appspec.diff.diff import Path, diff
from templates_app.appspec.diff.field_change import FieldChange, words
from templates_app.appspec.interpolation.syntax import TextError, names
from templates_app.appspec.presentation.path_labels import said
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.secrets.secret_extraction import credentials

MOST = 50


def edits(before: AppSpec, after: AppSpec, of: str = "") -> list[str]:
    """A sentence for each place that differs, each with its component but those of the component `of`.

    The trail is kept for ever: what looks like a credential, before or after, and what a reference to a secret stood
    or stands for, is named and its text not told.
    """
    changes = [change for change in diff(before, after) if change.path != ("components", of)]
    keys = {change.path[1] for change in changes if change.path[0] == "components"}
    hidden = {finding.path for spec in (before, after) for finding in credentials(_only(spec, keys))}
    secrets = {name for spec in (before, after) for name, parameter in spec.parameters.items() if parameter.secret}
    hidden |= {change.path for change in changes if _refers(change.before, secrets) or _refers(change.after, secrets)}
    described = [_component(change.path, of) + _sentence(change, hidden) for change in changes[:MOST]]
    return described if len(changes) <= MOST else [*described, f"and {len(changes) - MOST} more changes"]


def left_out(application: Application) -> list[str]:
    """What the edit takes out because it could not be read."""
    return [f"left out what could not be read: {said(fault)}" for fault in application.illegible]


def _only(spec: AppSpec, keys: Iterable[str]) -> AppSpec:
    return spec.model_copy(update={"components": {key: spec.components[key] for key in keys if key in spec.components}})


def _component(path: Path, of: str) -> str:
    return f"{path[1]}: " if path[0] == "components" and len(path) > 2 and path[1] != of else ""


def _sentence(change: FieldChange, hidden: Iterable[Path]) -> str:
    if any(_one_holds_the_other(change.path, path) for path in hidden):
        return f"{words(change.path)} {change.symbol.word}"
    return change.sentence()


def _refers(value: JsonValue | None, secrets: Collection[str]) -> bool:
    """Whether one of these stands in it; a text that cannot be read may."""
    try:
        return not names(str(value)).isdisjoint(secrets)
    except TextError:
        return True


def _one_holds_the_other(path: Path, other: Path) -> bool:
    return path[: len(other)] == other or other[: len(path)] == path
