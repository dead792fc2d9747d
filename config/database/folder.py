"""Where the embedded PostgreSQL keeps what, below one folder."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.database.errors import DatabaseUnavailable
from config.database.owner import Owner

SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100  # the system's limit is 104 to 108 bytes


@dataclass(frozen=True)
class Folder:
    """The paths of one cluster; ``root`` is ``postgres`` below UPLIFT_VAR."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def install(self) -> Path:
        """A copy of the binaries, made only where the server's OS user cannot reach the wheel's."""
        return self.root / "install"

    @property
    def log(self) -> Path:
        return self.root / "server.log"

    @property
    def start_lock(self) -> Path:
        """Held while a process makes or starts the cluster."""
        return self.root / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Shared by every process that uses the server; the supervisor waits to have it alone."""
        return self.root / "users.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the supervisor and, through inheritance, by every process of the server."""
        return self.root / "server.lock"

    @property
    def socket(self) -> Path:
        inside = self.root / "socket"
        if len(os.fsencode(inside / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return inside
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"uplift-{os.getuid()}-{name}"

    @property
    def socket_file(self) -> Path:
        return self.socket / SOCKET_NAME

    def state(self) -> tuple[int, str] | None:
        """The server's process id and its own word for how it is ("ready", …), as its pid file says."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), lines[7].strip()
        except (OSError, ValueError, IndexError):
            return None

    def make_private(self, path: Path, owner: Owner) -> None:
        """Makes ``path`` a folder that only the server's OS user (and root) may enter."""
        try:
            path.mkdir(mode=0o700)
            owner.take(path)
        except FileExistsError:
            pass
        result = path.lstat()
        if path.is_symlink() or result.st_uid != owner.uid or result.st_mode & 0o077:
            raise DatabaseUnavailable(
                f"{path} is not a private folder of OS user {owner.name}: someone else made it, or its mode "
                "was changed. Remove it, and start again."
            )
