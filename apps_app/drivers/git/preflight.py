"""Why a change cannot be written, in sentences: said by `check` before anything happens, and again by *finish*."""

from collections.abc import Iterator

from apps_app.drivers.base import Part, Placement
from apps_app.drivers.git.application_folder import COMPOSE, Folder, read_folder, write_folder
from apps_app.drivers.git.component_document import Document
from apps_app.drivers.git.repository import Found, Repository
from apps_app.drivers.git.service_digests import services
from apps_app.drivers.git.worktree import WorkTree


def to_folder(app: Placement, repository: Repository, committed_folder: Found) -> Iterator[str]:
    """Objections to writing this application's folder at all. Raises DriverError."""
    yield from filter(None, [repository.objection()])
    try:
        folder = read_folder(committed_folder.files)
    except ValueError as error:
        yield damaged(app, repository, error)
        return
    if folder is None and committed_folder.tree:
        yield f"the folder '{app.slug}' in {repository.path} was not written by Uplift; move it, or choose another name"
    elif folder is not None and folder.uid != app.uid:
        yield f"the folder '{app.slug}' in {repository.path} belongs to another application; choose another name"
    elif folder is not None:
        yield from _strange_services(app, folder, committed_folder)
        yield from uncommitted(app, repository, committed_folder, folder.owned)


def damaged(app: Placement, repository: Repository, error: ValueError) -> str:
    """The sentence for a folder of ours that cannot be read."""
    return f"the folder '{app.slug}' in {repository.path} cannot be read: {error}; restore it from its history"


def uncommitted(app: Placement, repository: Repository, folder: Found, paths: frozenset[str]) -> Iterator[str]:
    """Somebody's work at these paths that a commit would bury."""
    changed = WorkTree(repository.path, app.slug).differing(paths, folder.files)
    if changed:
        names = ", ".join(f"{app.slug}/{path}" for path in changed[:3]) + (", …" if len(changed) > 3 else "")
        yield f"{names} in {repository.path} was changed and not committed; commit it or undo it there"


def to_part(key: str, part: Part) -> Iterator[str]:
    """Objections to this component: what a Compose file in a repository cannot say."""
    if not part.component.image:
        yield f"{key} has no image; name one"
    for path, file in part.component.config_files.items():
        if file.secret and file.content and not file.interpolate:
            yield f"{key} has a secret file {path} whose content would be committed; make it a secret parameter"
    try:
        files = write_folder("check", {key: Document.of(part)})
    except ValueError as error:
        yield f"{key} cannot be written as a Compose file: {error}"
        return
    for name in sorted(item for item in files if ".git" in item.casefold().split("/")):
        yield f"{key} has a config file at {name.removeprefix(f'files/{key}')}, and Git keeps no path with .git in it"


def _strange_services(app: Placement, folder: Folder, committed_folder: Found) -> Iterator[str]:
    try:
        strange = services(committed_folder.files.get(COMPOSE, b"")) - folder.documents.keys()
    except ValueError:
        return
    if strange:
        names = ", ".join(sorted(strange))
        yield f"{app.slug}/{COMPOSE} holds {names}, not written by Uplift; move that to a folder of its own"
