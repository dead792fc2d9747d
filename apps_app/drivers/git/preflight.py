from collections.abc import Iterator

from apps_app.drivers.base import ComponentPart, Placement
from apps_app.drivers.git.application_folder import COMPOSE, ApplicationFolder, read_folder, write_folder
from apps_app.drivers.git.component_document import ComponentDocument
from apps_app.drivers.git.repository import CommittedFolder, Repository
from apps_app.drivers.git.service_digests import services
from apps_app.drivers.git.worktree import WorkTree
from apps_app.drivers.issues import Holder, HolderKind, IssueCode, PreflightIssue


def check_folder(app: Placement, repository: Repository, committed_folder: CommittedFolder) -> Iterator[PreflightIssue]:
    """Return the issues of writing this application's folder. Raises DriverError."""
    if reason := repository.objection():
        yield PreflightIssue(IssueCode.TARGET_ERROR, params={"reason": reason})
    try:
        folder = read_folder(committed_folder.files)
    except ValueError as error:
        yield build_unreadable_issue(app, repository, error)
        return
    if folder is None and committed_folder.tree:
        yield _build_folder_issue(IssueCode.FOLDER_UNMANAGED, app.slug, repository)
    elif folder is not None and folder.uid != app.uid:
        yield PreflightIssue(IssueCode.OWNERSHIP_CONFLICT, resource=app.slug, holder=Holder(HolderKind.APPLICATION))
    elif folder is not None:
        yield from _check_services(app, folder, committed_folder)
        yield from check_uncommitted(app, repository, committed_folder, folder.owned)


def build_unreadable_issue(app: Placement, repository: Repository, error: ValueError) -> PreflightIssue:
    """Return the issue of a folder of ours that cannot be parsed."""
    return _build_folder_issue(IssueCode.FOLDER_UNREADABLE, app.slug, repository, reason=str(error))


def check_uncommitted(
    app: Placement, repository: Repository, folder: CommittedFolder, paths: frozenset[str]
) -> Iterator[PreflightIssue]:
    """Return an issue if these paths have changes in the work tree that a commit would overwrite."""
    changed = WorkTree(repository.path, app.slug).differing(paths, folder.files)
    if changed:
        names = ", ".join(f"{app.slug}/{path}" for path in changed[:3]) + (", …" if len(changed) > 3 else "")
        yield _build_folder_issue(IssueCode.FOLDER_UNCOMMITTED, names, repository)


def check_part(key: str, part: ComponentPart) -> Iterator[PreflightIssue]:
    """Return the issues of this component: what a Compose file in a repository cannot express."""
    if not part.component.image:
        yield PreflightIssue(IssueCode.IMAGE_NOT_SET, component=key)
    for path, file in part.component.config_files.items():
        if file.secret and file.content and not file.interpolate:
            yield PreflightIssue(IssueCode.SECRET_FILE_EXPOSED, component=key, resource=path)
    try:
        files = write_folder("check", {key: ComponentDocument.of(part)})
    except ValueError as error:
        yield PreflightIssue(IssueCode.COMPOSE_ERROR, component=key, params={"reason": str(error)})
        return
    for name in sorted(path for path in files if ".git" in path.casefold().split("/")):
        yield PreflightIssue(IssueCode.GIT_PATH, component=key, resource=name.removeprefix(f"files/{key}"))


def _check_services(
    app: Placement, folder: ApplicationFolder, committed_folder: CommittedFolder
) -> Iterator[PreflightIssue]:
    try:
        unmanaged = services(committed_folder.files.get(COMPOSE, b"")) - folder.documents.keys()
    except ValueError:
        return
    if unmanaged:
        yield PreflightIssue(
            IssueCode.SERVICES_UNMANAGED,
            resource=", ".join(sorted(unmanaged)),
            params={"path": f"{app.slug}/{COMPOSE}"},
        )


def _build_folder_issue(code: IssueCode, resource: str, repository: Repository, **params: str) -> PreflightIssue:
    return PreflightIssue(code, resource=resource, params={"repository": str(repository.path), **params})
