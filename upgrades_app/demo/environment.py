"""Where the demo lives: a folder of its own, with its own database, keys, Git repository and password."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from config.errors import Refused

FOREIGN = (
    "DATABASE_URL",
    "UPLIFT_HOSTS",
    "UPLIFT_HTTPS",
    "UPLIFT_ORIGINS",
    "UPLIFT_PROXY",
    "UPLIFT_SECRET_KEYS",
    "UPLIFT_TARGETS",
)
INSIDE = "UPLIFT_DEMO"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_PORTS = range(8000, 8100)


@dataclass(frozen=True, slots=True)
class Home:
    """`root` is the project's folder, `folder` the demo's; `entered` says that this process has its environment."""

    root: Path
    folder: Path
    entered: bool

    @classmethod
    def of(cls, root: Path, var: Path) -> Self:
        """The folder "demo" below everything else that Uplift keeps."""
        entered = INSIDE in os.environ
        return cls(root, var if entered else var / "demo", entered)

    @property
    def marker(self) -> Path:
        return self.folder / "password"

    @property
    def shown(self) -> str:
        """The folder as the printout names it."""
        inside = self.folder.is_relative_to(self.root)
        return str(self.folder.relative_to(self.root) if inside else self.folder)

    def enter(self) -> None:
        """Start this very command again with the demo's own environment, unless it has that already."""
        if self.entered:
            return
        sys.stdout.flush()
        os.chdir(self.root)
        os.execve(sys.executable, [sys.executable, *sys.argv], self._environment())  # noqa: S606  (this program itself)

    def _environment(self) -> dict[str, str]:
        remaining = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        return {**remaining, "UPLIFT_VAR": str(self.folder), INSIDE: "yes"}

    def on_engine(self) -> None:
        """Remembers that the demo has things on an engine, which have to go before the folder may."""
        (self.folder / "engine").touch()

    def clear_engine(self) -> None:
        """Starts this command again inside, where the database says what to take off. Raises Refused where it fails."""
        if not (self.folder / "engine").exists():
            return
        inside = subprocess.run(
            [sys.executable, *sys.argv],
            cwd=self.root,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if inside.returncode:
            raise Refused(inside.stderr.strip() or "What the demo started could not be taken off the engine.")

    def reset(self) -> bool:
        """Removes everything; False where there was nothing. Raises Refused for a folder that is not the demo's."""
        if not self.folder.exists():
            return False
        if not self.marker.exists() and any(self.folder.iterdir()):
            raise Refused(f"{self.shown} was not made by the demo; remove it by hand if it may go.")
        shutil.rmtree(self.folder)
        return True

    def password(self) -> str:
        """Made once, and kept in a file that only its owner reads."""
        if self.marker.exists():
            return self.marker.read_text().strip()
        text = "-".join("".join(secrets.choice(_LETTERS) for _ in range(3)) for _ in range(3))
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.marker, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
        return text


def free_port(host: str, ports: range = _PORTS) -> int:
    """The first free one of these ports. Raises Refused when all are taken."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if _binds(probe, host, port):
                return port
    raise Refused(f"Every port from {ports.start} to {ports.stop - 1} is taken on {host}.")


def _binds(probe: socket.socket, host: str, port: int) -> bool:
    try:
        probe.bind((host, port))
    except OSError:
        return False
    return True
