"""``manage.py run`` as a person starts it: real processes, a real port, real signals."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from config.database.server import Server
from tests.config.clusters import eventually, is_alive

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")


@pytest.fixture
def var() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="uplift-run-"))
    folder.chmod(0o755)
    yield folder
    Server(folder / "postgres").wait_until_stopped(10)
    shutil.rmtree(folder)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    def __init__(self, var: Path, port: int, project: Path, *arguments: str, **variables: str) -> None:
        ours = {k: v for k, v in os.environ.items() if k != "DATABASE_URL" and not k.startswith("UPLIFT_")}
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "run", "--port", str(port), "--workers", "1", *arguments],
            cwd=project,
            env={**ours, "UPLIFT_VAR": str(var), "DJANGO_SETTINGS_MODULE": "config.settings", **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError:
            return 0, ""

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()
        return self.get("/healthz")[0] == 200

    def children(self) -> dict[int, str]:
        """Process id and command line of everything below it."""
        result: dict[int, str] = {}
        parents = [self.process.pid]
        while parents:
            parent = parents.pop()
            with suppress(FileNotFoundError, ProcessLookupError):  # it may end while we look
                for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
                    result[int(pid)] = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
                    parents.append(int(pid))
        return result

    def child(self, word: str) -> int:
        return next(pid for pid, command in self.children().items() if word in command)

    def end(self, number: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(number)
        return self.result()

    def result(self) -> tuple[int, str]:
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out + err


@pytest.fixture
def running(var: Path, port: int, project: Path) -> Iterator[Running]:
    running = Running(var, port, project)
    try:
        assert eventually(running.is_up, 60)
        assert eventually(lambda: any("procrastinate" in command for command in running.children().values()))
        yield running
    finally:
        if running.process.poll() is None:
            running.end(signal.SIGKILL)


def test_it_serves_pages_and_their_files_and_stops_without_a_trace(running: Running, var: Path) -> None:
    status, page = running.get("/login/")
    assert status == 200
    sheets = re.findall(r"/static/css/base\.[0-9a-f]{12}\.css", page)
    assert sheets
    assert running.get(sheets[0])[0] == 200
    children = running.children()
    code, output = running.end(signal.SIGINT)
    assert code == 0
    assert f"Uplift is at {running.url}/" in output
    assert "Traceback" not in output
    assert eventually(lambda: not any(map(is_alive, children)))
    assert Server(var / "postgres").wait_until_stopped(10)


def test_when_the_web_server_dies_the_worker_is_stopped(running: Running) -> None:
    children = running.children()
    os.kill(running.child("gunicorn"), signal.SIGKILL)
    code, output = running.result()
    assert code == 1
    assert "The web server ended with -9; stopping." in output
    assert eventually(lambda: not any(map(is_alive, children)))


def test_a_worker_that_dies_is_started_again(running: Running) -> None:
    killed = running.child("procrastinate")
    os.kill(killed, signal.SIGKILL)
    assert eventually(
        lambda: any("procrastinate" in name for pid, name in running.children().items() if pid != killed), 20
    )
    assert running.is_up()
    code, output = running.end(signal.SIGINT)
    assert code == 0
    assert "The worker ended with -9; it is started again in 1 s." in output
    assert "The worker is started again." in output


def test_a_killed_run_leaves_nothing_running(running: Running, var: Path) -> None:
    children = running.children()
    running.end(signal.SIGKILL)
    assert eventually(lambda: not any(map(is_alive, children)))
    assert Server(var / "postgres").wait_until_stopped(10)


def test_a_port_in_use_is_refused(var: Path, port: int, project: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        code, output = Running(var, port, project).result()
    assert code == 2
    assert f"Cannot listen on 127.0.0.1 port {port}" in output


def test_another_database_is_migrated_by_whoever_runs_it(var: Path, port: int, project: Path) -> None:
    server = Server(var / "postgres", durable=False, grace=0.0)
    url = f"postgresql://uplift@/uplift?host={server.ensure()}"
    key = "dXBsaWZ0LXRlc3RzLW9ubHktbm90LWEtc2VjcmV0LTE="
    code, output = Running(var, port, project, DATABASE_URL=url, UPLIFT_SECRET_KEYS=key).result()
    server.release()
    assert code == 2
    assert re.search(r"The database lacks \d+ migrations: run manage.py migrate first.", output)
