"""The embedded PostgreSQL as its users see it: make sure that it runs, for as long as this process lives."""

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg

from config.database.cluster import SUPERUSER, create_cluster, find_programs
from config.database.errors import DatabaseUnavailable
from config.database.folder import DataFolder
from config.database.locks import PAUSE, exclusive_lock, open_lock, take_shared_lock, try_exclusive_lock
from config.database.owner import ServerUser

PROJECT = Path(__file__).resolve().parent.parent.parent
DATABASE = "uplift"
PATIENCE = 30.0
LONGEST_LOG = 5_000_000
ALWAYS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=100",
    "timezone=UTC",
    "log_timezone=UTC",
    # Statements may hold values that no log should.
    "log_min_error_statement=panic",
    "log_parameter_max_length_on_error=0",
)
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class EmbeddedServer:
    """One embedded server, shared by every process that names the same folder."""

    def __init__(self, root: Path, *, durable: bool = True, grace: float = 1.0) -> None:
        self.folder = DataFolder(root)
        self.durable = durable
        self.grace = grace
        self._use: int | None = None
        self._guard = threading.Lock()

    def ensure(self) -> Path:
        """Returns the folder of the server's socket, once it takes connections.

        Raises ``DatabaseUnavailable`` with a sentence when it cannot be started.
        """
        with self._guard:
            if self._use is None:
                self.folder.root.mkdir(parents=True, exist_ok=True)
                use = open_lock(self.folder.users_lock)
                take_shared_lock(use)
                self._use = use
            if not self.answers():
                with exclusive_lock(self.folder.start_lock):
                    if not self.answers():
                        self._start()
        return self.folder.socket

    def answers(self) -> bool:
        state = self.folder.state()
        if state is None or state[1] != "ready":
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.folder.socket_file))
            except OSError:
                return False
        return True

    def release(self) -> None:
        """This process needs the server no longer; whoever is last stops it."""
        with self._guard:
            if self._use is not None:
                os.close(self._use)
                self._use = None

    def wait_until_stopped(self, seconds: float) -> bool:
        """Whether the server and its supervisor ended within ``seconds``; False while others use it."""
        if not self.folder.root.exists():
            return True
        handle = open_lock(self.folder.server_lock)
        try:
            return try_exclusive_lock(handle, seconds)
        finally:
            os.close(handle)

    def _start(self) -> None:
        owner = ServerUser.choose()
        owner.require_way_to(self.folder.data)
        create_cluster(self.folder, owner, durable=self.durable)
        self.folder.make_private(self.folder.socket, owner)
        find_programs(self.folder, owner)
        supervisor = self._supervise()
        self._wait_until_ready(supervisor)
        self._make_database()

    def _supervise(self) -> subprocess.Popen[bytes]:
        settings = [f"unix_socket_directories={self.folder.socket}", *ALWAYS]
        if not self.durable:
            settings += THROW_AWAY
        mode = "wb" if self._log_is_long() else "ab"
        with self.folder.log.open(mode) as log:
            return subprocess.Popen(
                [sys.executable, "-m", "config.database.supervisor", self.folder.root, str(self.grace), *settings],
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _log_is_long(self) -> bool:
        return self.folder.log.exists() and self.folder.log.stat().st_size > LONGEST_LOG

    def _wait_until_ready(self, supervisor: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if supervisor.poll() is not None or time.monotonic() > deadline:
                raise DatabaseUnavailable(f"The embedded PostgreSQL did not start: {self._last_words()}")
            time.sleep(PAUSE)

    def _last_words(self) -> str:
        lines = self.folder.log.read_text(errors="replace").strip().splitlines()
        return f"{lines[-1] if lines else 'no output'} (more in {self.folder.log})"

    def _make_database(self) -> None:
        with psycopg.connect(
            host=str(self.folder.socket), user=SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")


_servers: dict[Path, EmbeddedServer] = {}


def get_server(root: Path, *, durable: bool = True, grace: float = 1.0) -> EmbeddedServer:
    """This process's one ``Server`` for a folder."""
    return _servers.setdefault(root, EmbeddedServer(root, durable=durable, grace=grace))
