"""Notes in a repository that what somebody else committed of a component is what it shall be."""

from dataclasses import replace

from apps_app.drivers.base import DriverError, Note, Part
from apps_app.drivers.git import preflight
from apps_app.drivers.git.application_folder import COMPOSE, document_path, read_folder
from apps_app.drivers.git.atomic_files import read_private
from apps_app.drivers.git.component_document import Document
from apps_app.drivers.git.drift import found_in
from apps_app.drivers.git.errors import speaking
from apps_app.drivers.git.finalize_commit import Place, keep_values
from apps_app.drivers.git.service_digests import marks
from apps_app.drivers.git.worktree import WorkTree


def keep(place: Place, note: Note, key: str, part: Part) -> None:
    """One commit that changes what Uplift knows of the component, and no file of the Compose project. Raises
    DriverError where it is another one meanwhile, and where what is there is not committed."""
    app, repository = place.app, place.repository
    with place.beside.repository_lock():
        committed_folder = place.find()
        data = list(preflight.to_folder(app, repository, committed_folder))
        folder = read_folder(committed_folder.files) if not data else None
        if folder is None or key not in folder.documents:
            raise DriverError("; ".join(data) or f"{key} is not in the repository any more", permanent=True)
        values = read_private(place.beside.values(app.slug))
        live = found_in(folder, committed_folder.files, values, {key: part}).get(key)
        if live is None or live.component != part.component:
            raise DriverError(f"{key} is something else by now; look again", permanent=True)
        document = replace(Document.of(part), mark=marks(committed_folder.files[COMPOSE], committed_folder.files)[key])
        path, text = document_path(key), document.text()
        tree = repository.store(committed_folder, {path: text}, committed_folder.entries.keys() - {path})
        repository.commit(app.slug, tree, committed_folder, note)
        keep_values(place, part.secrets, {**folder.documents, key: document})
        with speaking(repository.path):
            WorkTree(repository.path, app.slug).put({path: text}, ())
        repository.index(app.slug, {path: text}, frozenset())
