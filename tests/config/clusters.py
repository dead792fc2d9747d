"""Real processes around an embedded server, for tests that kill them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from config.database.cluster import SUPERUSER
from config.database.server import PROJECT, EmbeddedServer

USER = """
import sys
from pathlib import Path
from config.database.server import Server
server = Server(Path(sys.argv[1]), durable=False, grace=float(sys.argv[2]))
print(server.ensure(), flush=True)
sys.stdin.read()
"""


class UserProcess:
    """Another process that uses the server until its standard input is closed, or it is killed."""

    def __init__(self, root: Path, grace: float = 0.0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(root), str(grace)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


def ask(server: EmbeddedServer, statement: str, database: str = "uplift") -> list[tuple[object, ...]]:
    host = str(server.ensure())
    with psycopg.connect(host=host, user=SUPERUSER, dbname=database, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def server_pid(server: EmbeddedServer) -> int:
    state = server.folder.state()
    assert state is not None
    return state[0]


def supervisor_pid(server: EmbeddedServer) -> int:
    """The server's parent, as Linux tells it."""
    status = Path(f"/proc/{server_pid(server)}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:")))


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def eventually(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
