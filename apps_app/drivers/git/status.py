from collections.abc import Mapping

from apps_app.drivers.base import ComponentState, ObservedComponent
from apps_app.drivers.git.application_folder import COMPOSE, ApplicationFolder
from apps_app.drivers.git.component_document import ComponentDocument
from apps_app.drivers.git.repository import CommittedFolder
from apps_app.drivers.git.secret_file import from_env, is_sealed
from apps_app.drivers.git.service_digests import marks

_BY_OTHERS = f"{COMPOSE} or a referenced file was changed and committed outside Uplift"
_UNCOMMITTED = f"{COMPOSE} or a referenced file has uncommitted changes"
_TAKEN_OUT = f"it was removed from {COMPOSE}"


def observe(
    folder: ApplicationFolder, committed_folder: CommittedFolder, worktree: Mapping[str, bytes], values: bytes
) -> dict[str, ObservedComponent]:
    """Every component of the folder. `worktree` has the folder's files as they lie there, `values` is the file of
    secret values."""
    changed = _changed(folder, worktree, _UNCOMMITTED) | changed_by_others(folder, committed_folder)
    return {
        key: changed.get(key) or _observed(document, secrets_differ(document, values))
        for key, document in sorted(folder.documents.items())
    }


def changed_by_others(folder: ApplicationFolder, committed_folder: CommittedFolder) -> dict[str, ObservedComponent]:
    """The components whose committed files are not what Uplift wrote."""
    return _changed(folder, committed_folder.files, _BY_OTHERS)


def _changed(folder: ApplicationFolder, files: Mapping[str, bytes], how: str) -> dict[str, ObservedComponent]:
    try:
        are = marks(files.get(COMPOSE, b""), files)
    except ValueError as error:
        return {
            key: ObservedComponent(ComponentState.DIFFERS, detail=f"{COMPOSE} cannot be read: {error}")
            for key in folder.documents
        }
    return {key: _not_as(key, are, how) for key, document in folder.documents.items() if are.get(key) != document.mark}


def _not_as(key: str, are: Mapping[str, str], how: str) -> ObservedComponent:
    return (
        ObservedComponent(ComponentState.DIFFERS, detail=how)
        if key in are
        else ObservedComponent(ComponentState.NOT_WRITTEN, detail=_TAKEN_OUT)
    )


def secrets_differ(document: ComponentDocument, values: bytes) -> str:
    """What is wrong with the values of its secrets beside the repository, or ""."""
    missing = sorted(set(document.secrets) - from_env(values).keys()) if document.secrets else []
    if missing:
        return f"{', '.join(missing)} has no value beside the repository"
    if document.secrets and not is_sealed(values):
        return "the secrets file was changed outside Uplift"
    return ""


def _observed(document: ComponentDocument, differs: str) -> ObservedComponent:
    return (
        ObservedComponent(ComponentState.DIFFERS, detail=differs)
        if differs
        else ObservedComponent(ComponentState.WRITTEN, document.digest)
    )
