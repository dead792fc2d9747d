"""What a repository holds of an application, told by components."""

from collections.abc import Mapping

from apps_app.drivers.base import Observed, State
from apps_app.drivers.git.application_folder import COMPOSE, Folder
from apps_app.drivers.git.component_document import Document
from apps_app.drivers.git.repository import Found
from apps_app.drivers.git.secret_file import from_env, is_sealed
from apps_app.drivers.git.service_digests import marks

_BY_OTHERS = f"{COMPOSE} or a file of it was changed by somebody else, and committed"
_UNCOMMITTED = f"{COMPOSE} or a file of it was changed by somebody else, and not committed"
_TAKEN_OUT = f"somebody took it out of {COMPOSE}"


def observe(
    folder: Folder, committed_folder: Found, worktree: Mapping[str, bytes], values: bytes
) -> dict[str, Observed]:
    """Every component of the folder. `worktree` has the folder's files as they lie there, `values` is the file of
    secret values."""
    changed = _changed(folder, worktree, _UNCOMMITTED) | changed_by_others(folder, committed_folder)
    return {
        key: changed.get(key) or _observed(document, secrets_differ(document, values))
        for key, document in sorted(folder.documents.items())
    }


def changed_by_others(folder: Folder, committed_folder: Found) -> dict[str, Observed]:
    """The components whose committed files are not what Uplift wrote."""
    return _changed(folder, committed_folder.files, _BY_OTHERS)


def _changed(folder: Folder, files: Mapping[str, bytes], how: str) -> dict[str, Observed]:
    try:
        are = marks(files.get(COMPOSE, b""), files)
    except ValueError as error:
        return {key: Observed(State.DIFFERS, detail=f"{COMPOSE} cannot be read: {error}") for key in folder.documents}
    return {key: _not_as(key, are, how) for key, document in folder.documents.items() if are.get(key) != document.mark}


def _not_as(key: str, are: Mapping[str, str], how: str) -> Observed:
    return Observed(State.DIFFERS, detail=how) if key in are else Observed(State.NOT_WRITTEN, detail=_TAKEN_OUT)


def secrets_differ(document: Document, values: bytes) -> str:
    """What is wrong with the values of its secrets beside the repository, or ""."""
    missing = sorted(set(document.secrets) - from_env(values).keys()) if document.secrets else []
    if missing:
        return f"{', '.join(missing)} has no value beside the repository"
    if document.secrets and not is_sealed(values):
        return "the file of secret values was changed by somebody else"
    return ""


def _observed(document: Document, differs: str) -> Observed:
    return Observed(State.DIFFERS, detail=differs) if differs else Observed(State.WRITTEN, document.digest)
