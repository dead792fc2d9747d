"""The OS user that the embedded server runs as: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from config.database.errors import DatabaseUnavailable

UNPRIVILEGED = ("nobody", "daemon")


class Identity(TypedDict):
    user: int | None
    group: int | None
    extra_groups: list[int] | None


@dataclass(frozen=True)
class Owner:
    """An OS user by name and number; ``other`` says that it is not the one we run as."""

    name: str
    uid: int
    gid: int
    other: bool

    @classmethod
    def choose(cls) -> "Owner":
        """Ourselves, or for root an unprivileged user that exists."""
        if os.geteuid() != 0:
            return cls(_name_of(os.geteuid()), os.geteuid(), os.getegid(), other=False)
        for name in UNPRIVILEGED:
            try:
                result = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(name, result.pw_uid, result.pw_gid, other=True)
        raise DatabaseUnavailable(
            f"PostgreSQL does not run as root, and there is no OS user {' or '.join(UNPRIVILEGED)} to run it as. "
            "Start Uplift as an ordinary user, or set DATABASE_URL."
        )

    def take(self, path: Path) -> None:
        if self.other:
            os.chown(path, self.uid, self.gid)

    def closed_parent(self, path: Path) -> Path | None:
        """The first folder on the way to ``path`` that this user may not enter, if there is one."""
        if not self.other:
            return None
        for parent in reversed(path.parents):
            result = parent.stat()
            bit = 0o100 if result.st_uid == self.uid else 0o010 if result.st_gid == self.gid else 0o001
            if not result.st_mode & bit:
                return parent
        return None

    def require_way_to(self, path: Path) -> None:
        closed = self.closed_parent(path)
        if closed:
            raise DatabaseUnavailable(
                f"The embedded PostgreSQL runs as OS user {self.name}, because it does not run as root, and that "
                f"user may not enter {closed}. Set UPLIFT_VAR to a folder it can reach (as /var/lib/uplift), "
                "start Uplift as an ordinary user, or set DATABASE_URL."
            )

    def process(self) -> Identity:
        """The arguments that make ``subprocess`` run a program as this user."""
        if not self.other:
            return Identity(user=None, group=None, extra_groups=None)
        return Identity(user=self.uid, group=self.gid, extra_groups=[])


def readable_copy(source: Path, copy: Path) -> Path:
    """A copy of ``source`` at ``copy``, made once and whole."""
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(source, draft, symlinks=True)
        draft.rename(copy)
    return copy


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
