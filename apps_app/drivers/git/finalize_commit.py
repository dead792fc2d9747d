"""After a commit: the secret values, the work tree and the index follow the branch."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps_app.drivers.base import Placement
from apps_app.drivers.git.application_folder import Folder, names_of_secrets, read_folder
from apps_app.drivers.git.atomic_files import read_private, write_private
from apps_app.drivers.git.component_document import Document
from apps_app.drivers.git.errors import speaking
from apps_app.drivers.git.pending_session import Stage
from apps_app.drivers.git.private_store import Beside
from apps_app.drivers.git.repository import Found, Repository
from apps_app.drivers.git.secret_file import from_env, to_env
from apps_app.drivers.git.worktree import WorkTree


@dataclass(frozen=True, slots=True)
class Place:
    """One application in one repository, with what lies beside it."""

    app: Placement
    repository: Repository
    beside: Beside

    def find(self) -> Found:
        """Its folder as committed. Raises DriverError."""
        return self.repository.find(self.app.slug)


def settle(place: Place, stage: Stage, committed_folder: Found) -> None:
    """Ends a stage whose commit the branch holds; can be done again after it was cut off. Raises DriverError."""
    with speaking(place.repository.path):
        folder = read_folder(committed_folder.files) or Folder(place.app.uid)
        files = {path: data for path, data in committed_folder.files.items() if path in folder.owned}
        keep_values(place, stage.secrets, folder.documents)
        WorkTree(place.repository.path, place.app.slug).put(files, stage.gone)
    place.repository.index(place.app.slug, files, stage.gone)
    stage.drop()


def is_committed(stage: Stage, folder: Found) -> bool:
    """Whether the branch holds what this stage was about to commit when it was cut off."""
    return stage.committing and stage.tree == folder.tree


def keep_values(place: Place, secrets: Mapping[str, str], documents: Mapping[str, Document]) -> None:
    """Writes the file of secret values: those that came, and those that were known and are still used."""
    path = place.beside.values(place.app.slug)
    names = names_of_secrets(documents)
    old = read_private(path)
    known = {**from_env(old), **secrets}
    new = to_env({name: known[name] for name in names if name in known}) if names else None
    if (new or b"") != old:
        write_private(path, new)
