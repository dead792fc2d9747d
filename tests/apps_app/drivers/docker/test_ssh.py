"""An engine that is spoken to by SSH, as whoever has a key there."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps_app.drivers.base import DriverError
from apps_app.drivers.registry import open_driver
from tests.apps_app.drivers.docker import engines
from tests.apps_app.drivers.docker.test_replacing import part, put
from tests.apps_app.drivers.docker.yard import YARD, Yard, free_port

pytestmark = pytest.mark.docker

_CONFIG = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized
PidFile none
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
SetEnv DOCKER_HOST={engine}
"""


def _key(path: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path.with_suffix(".pub").read_text()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of somebody who has a key."""
    folder = tmp_path_factory.mktemp("home")
    (folder / ".ssh").mkdir(mode=0o700)
    return folder


@pytest.fixture(scope="module")
def port(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None or os.getuid():
        pytest.skip("only root can start an SSH server of its own")
    folder, port = tmp_path_factory.mktemp("sshd"), free_port()
    host = _key(folder / "host").split()
    (folder / "authorized").write_text(_key(home / ".ssh" / "id_ed25519"))
    (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{port} {host[0]} {host[1]}\n")
    (folder / "config").write_text(_CONFIG.format(port=port, folder=folder, engine=engines.address()))
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen([program, "-D", "-e", "-f", folder / "config"], stderr=log) as server,
    ):
        time.sleep(0.5)
        yield port
        server.terminate()


def test_it_does_all_that_it_does_by_the_socket(port: int, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home))
    docker_app = Yard(engines.address())
    docker_app.clear()
    docker_app.driver = open_driver("docker", {"address": f"ssh://root@127.0.0.1:{port}"}, "")
    try:
        assert docker_app.driver.ping().kind == "docker"
        desired = part(config_files={"/etc/a.conf": {"content": "hello\n"}})
        assert docker_app.driver.check(YARD, "web", None, desired) == []
        put(docker_app, "install", web=desired)
        assert docker_app.driver.read(YARD)["web"].digest == desired.digest
        assert "serving version 1 on port 8000" in list(docker_app.driver.logs(YARD, "web", 5))
        put(docker_app, "upgrade", web=part(image="local/uplift-web:2"))
        assert list(docker_app.ids()) == ["yard-web-1"]
    finally:
        docker_app.clear()


def test_who_is_not_known_there_is_told_so(port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    driver = open_driver("docker", {"address": f"ssh://root@127.0.0.1:{port}"}, "")
    with pytest.raises(DriverError, match="cannot be reached"):
        driver.ping()
