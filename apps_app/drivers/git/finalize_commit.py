from collections.abc import Mapping
from dataclasses import dataclass

from apps_app.drivers.base import Placement
from apps_app.drivers.git.application_folder import ApplicationFolder, names_of_secrets, read_folder
from apps_app.drivers.git.atomic_files import read_private, write_private
from apps_app.drivers.git.component_document import ComponentDocument
from apps_app.drivers.git.errors import speaking
from apps_app.drivers.git.pending_session import PendingSession
from apps_app.drivers.git.private_store import PrivateStore
from apps_app.drivers.git.repository import CommittedFolder, Repository
from apps_app.drivers.git.secret_file import from_env, to_env
from apps_app.drivers.git.worktree import WorkTree


@dataclass(frozen=True, slots=True)
class CommitLocation:
    """One application in one repository, with what lies beside it."""

    app: Placement
    repository: Repository
    beside: PrivateStore

    def find(self) -> CommittedFolder:
        """Its folder as committed. Raises DriverError."""
        return self.repository.find(self.app.slug)


def settle(place: CommitLocation, stage: PendingSession, committed_folder: CommittedFolder) -> None:
    """Ends a stage whose commit the branch holds; can be done again after it was cut off. Raises DriverError."""
    with speaking(place.repository.path):
        folder = read_folder(committed_folder.files) or ApplicationFolder(place.app.uid)
        files = {path: data for path, data in committed_folder.files.items() if path in folder.owned}
        keep_values(place, stage.secrets, folder.documents)
        WorkTree(place.repository.path, place.app.slug).put(files, stage.gone)
    place.repository.index(place.app.slug, files, stage.gone)
    stage.drop()


def is_committed(stage: PendingSession, folder: CommittedFolder) -> bool:
    """Whether the branch holds what this stage was about to commit when it was cut off."""
    return stage.committing and stage.tree == folder.tree


def keep_values(place: CommitLocation, secrets: Mapping[str, str], documents: Mapping[str, ComponentDocument]) -> None:
    """Writes the file of secret values: those that came, and those that were known and are still used."""
    path = place.beside.values(place.app.slug)
    names = names_of_secrets(documents)
    old = read_private(path)
    known = {**from_env(old), **secrets}
    new = to_env({name: known[name] for name in names if name in known}) if names else None
    if (new or b"") != old:
        write_private(path, new)
