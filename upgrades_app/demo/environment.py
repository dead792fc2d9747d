"""Environment of the demo: its folder with database, keys, Git repository and password."""

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

from config.errors import OperationRefused

OVERRIDDEN = (
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
class DemoEnvironment:
    """`root` is the project folder, `folder` the demo folder; `entered`: this process runs in the demo environment."""

    root: Path
    folder: Path
    entered: bool

    @classmethod
    def from_folder(cls, root: Path, var: Path) -> Self:
        """Return the environment in the folder "demo" below `var`."""
        entered = INSIDE in os.environ
        return cls(root, var if entered else var / "demo", entered)

    @property
    def marker(self) -> Path:
        return self.folder / "password"

    @property
    def display_path(self) -> str:
        """The folder relative to the project, for display."""
        inside = self.folder.is_relative_to(self.root)
        return str(self.folder.relative_to(self.root) if inside else self.folder)

    def enter(self) -> None:
        """Restart this command in the demo environment, unless it already runs there."""
        if self.entered:
            return
        sys.stdout.flush()
        os.chdir(self.root)
        os.execve(sys.executable, [sys.executable, *sys.argv], self._build_environment())  # noqa: S606  (this program itself)

    def _build_environment(self) -> dict[str, str]:
        remaining = {name: value for name, value in os.environ.items() if name not in OVERRIDDEN}
        return {**remaining, "UPLIFT_VAR": str(self.folder), INSIDE: "yes"}

    def uses_engine(self) -> None:
        """Record that the demo uses an engine, whose containers must be removed before the folder."""
        (self.folder / "engine").touch()

    def clear_engine(self) -> None:
        """Remove the containers in a subprocess with access to the demo database. Raises OperationRefused."""
        if not (self.folder / "engine").exists():
            return
        inside = subprocess.run(
            [sys.executable, *sys.argv],
            cwd=self.root,
            env=self._build_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if inside.returncode:
            raise OperationRefused(inside.stderr.strip() or "The containers of the demo could not be removed.")

    def reset(self) -> bool:
        """Remove the folder; return False if it does not exist. Raises OperationRefused for a foreign folder."""
        if not self.folder.exists():
            return False
        if not self.marker.exists() and any(self.folder.iterdir()):
            raise OperationRefused(f"{self.display_path} was not created by the demo. Remove it manually.")
        shutil.rmtree(self.folder)
        return True

    def password(self) -> str:
        """Return the password, created once in a file only its owner can read."""
        if self.marker.exists():
            return self.marker.read_text().strip()
        text = "-".join("".join(secrets.choice(_LETTERS) for _ in range(3)) for _ in range(3))
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.marker, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
        return text


def find_free_port(host: str, ports: range = _PORTS) -> int:
    """Return the first available port. Raises OperationRefused if there is none."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if _can_bind(probe, host, port):
                return port
    raise OperationRefused(f"All ports from {ports.start} to {ports.stop - 1} are in use on {host}.")


def _can_bind(probe: socket.socket, host: str, port: int) -> bool:
    try:
        probe.bind((host, port))
    except OSError:
        return False
    return True
