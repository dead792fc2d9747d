"""The embedded PostgreSQL, with real processes and real kills."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.database.cluster import programs
from config.database.errors import DatabaseUnavailable
from config.database.folder import LONGEST_SOCKET_PATH, Folder
from config.database.owner import Owner
from config.database.server import PROJECT, Server
from tests.config.clusters import UserProcess, ask, eventually, is_alive, kill, server_pid, supervisor_pid

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder that the server's OS user can reach, as pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="uplift-cluster-"))
    folder.chmod(0o755)
    yield folder / "postgres"
    Server(folder / "postgres").wait_until_stopped(10)
    shutil.rmtree(folder)


@pytest.fixture
def server(root: Path) -> Iterator[Server]:
    server = Server(root, durable=False, grace=0.0)
    yield server
    server.release()


def test_it_starts_answers_and_leaves_nothing_running(server: Server) -> None:
    assert ask(server, "SELECT 1") == [(1,)]
    pids = server_pid(server), supervisor_pid(server)
    server.release()
    assert server.wait_until_stopped(10)
    assert eventually(lambda: not any(map(is_alive, pids)))


def test_what_was_written_survives_a_restart(server: Server) -> None:
    ask(server, "CREATE TABLE kept AS SELECT 42 AS value")
    server.release()
    assert server.wait_until_stopped(10)
    assert ask(server, "SELECT value FROM kept") == [(42,)]


def test_processes_that_start_at_once_share_one_server(server: Server, root: Path) -> None:
    users = [UserProcess(root) for _ in range(4)]
    assert {user.wait_until_ready() for user in users} == {str(server.folder.socket)}
    assert ask(server, "SELECT 1") == [(1,)]
    started = server.folder.log.read_text().count("database system is ready to accept connections")
    for user in users:
        user.leave()
    assert started == 1


def test_it_runs_as_long_as_one_user_is_left(server: Server, root: Path) -> None:
    other = UserProcess(root)
    other.wait_until_ready()
    ask(server, "SELECT 1")
    pid = server_pid(server)
    server.release()
    assert not server.wait_until_stopped(0.3)
    assert is_alive(pid)
    other.leave()
    assert server.wait_until_stopped(10)


def test_it_ends_when_the_last_user_is_killed(server: Server, root: Path) -> None:
    user = UserProcess(root)
    user.wait_until_ready()
    pids = server_pid(server), supervisor_pid(server)
    user.kill()
    assert server.wait_until_stopped(10)
    assert eventually(lambda: not any(map(is_alive, pids)))


def test_the_grace_lets_the_next_command_find_it_running(root: Path) -> None:
    patient = Server(root, durable=False, grace=30.0)
    ask(patient, "SELECT 1")
    pid, supervisor = server_pid(patient), supervisor_pid(patient)
    patient.release()
    assert ask(patient, "SELECT 1") == [(1,)]
    assert server_pid(patient) == pid
    patient.release()
    kill(supervisor)


def test_a_killed_server_is_started_again(server: Server) -> None:
    ask(server, "CREATE TABLE kept AS SELECT 42 AS value")
    pid = server_pid(server)
    kill(pid)
    assert eventually(lambda: not server.answers())
    assert ask(server, "SELECT 1") == [(1,)]
    assert server_pid(server) != pid


def test_a_killed_supervisor_takes_the_server_with_it_and_both_come_back(server: Server) -> None:
    ask(server, "CREATE TABLE kept AS SELECT 42 AS value")
    pid = server_pid(server)
    kill(supervisor_pid(server))
    assert eventually(lambda: not is_alive(pid))
    assert ask(server, "SELECT value FROM kept") == [(42,)]


def test_a_stale_pid_file_that_names_a_living_process_is_no_obstacle(server: Server) -> None:
    ask(server, "SELECT 1")
    pid = server_pid(server)
    kill(supervisor_pid(server))
    assert eventually(lambda: not is_alive(pid))
    stale = server.folder.data / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{server.folder.data}\n1\n5432\n{server.folder.socket}\n\n1 1\nready\n")
    assert ask(server, "SELECT 1") == [(1,)]


def test_an_initdb_that_was_cut_off_is_begun_again(server: Server, root: Path) -> None:
    remains = root / "data.draft-1"
    remains.mkdir(parents=True)
    (remains / "PG_VERSION").write_text("18\n")
    assert ask(server, "SELECT 1") == [(1,)]
    assert not remains.exists()


def test_it_listens_on_no_network(server: Server) -> None:
    assert ask(server, "SHOW listen_addresses") == [("",)]
    assert server.folder.socket.stat().st_mode & 0o777 == 0o700
    assert server.folder.data.stat().st_mode & 0o777 == 0o700


def test_a_long_path_gets_a_short_private_socket_folder(root: Path) -> None:
    deep = Server(root / ("x" * 60) / ("y" * 60), durable=False, grace=0.0)
    assert len(str(deep.folder.socket_file)) <= LONGEST_SOCKET_PATH
    assert ask(deep, "SELECT 1") == [(1,)]
    deep.release()
    assert deep.wait_until_stopped(10)
    deep.folder.socket.rmdir()


def test_a_socket_folder_that_others_may_enter_is_refused(server: Server, root: Path) -> None:
    root.mkdir()
    (root / "socket").mkdir()
    (root / "socket").chmod(0o755)
    with pytest.raises(DatabaseUnavailable, match="not a private folder"):
        server.ensure()


def test_settings_alone_start_nothing(root: Path) -> None:
    code = "import django; django.setup(); from config.accounts.models import User; print(User.objects.all().query)"
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment |= {"UPLIFT_VAR": str(root.parent), "DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=environment, check=True, capture_output=True)
    assert not root.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
class TestAsRoot:
    def test_the_server_is_not_roots(self, server: Server) -> None:
        ask(server, "SELECT 1")
        assert Path(f"/proc/{server_pid(server)}").stat().st_uid == Owner.choose().uid != 0

    def test_a_folder_that_its_user_cannot_reach_is_named(self, root: Path) -> None:
        root.parent.chmod(0o700)
        with pytest.raises(DatabaseUnavailable, match=f"may not enter {root.parent}. Set UPLIFT_VAR"):
            Server(root).ensure()
        assert root.parent.stat().st_mode & 0o777 == 0o700

    def test_programs_that_its_user_cannot_reach_are_copied(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        root.mkdir()
        monkeypatch.setattr(Owner, "closed_parent", lambda self, path: path.parent)
        result = programs(Folder(root), Owner.choose())
        assert result.is_relative_to(root)
        assert (result / "postgres").is_file()
