"""A registry of images that wants a login, on loopback, where an engine speaks to it without TLS."""

import http.client
import json
import shutil
import subprocess
import tarfile
import time
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import bcrypt
import docker
import pytest

from tests.apps_app.drivers.docker.yard import free_port

USER, PASSWORD = "puller", "let-me-pull-4711"
_CONFIG = """\
version: 0.1
storage: {{filesystem: {{rootdirectory: {folder}/data}}}}
http: {{addr: "{host}"}}
auth: {{htpasswd: {{realm: test, path: {folder}/htpasswd}}}}
"""


class Registry:
    """Can be stopped and started again, with what was pushed to it."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("docker-registry") is None:
            pytest.skip("there is no docker-registry here")
        self.host = f"127.0.0.1:{free_port()}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        (folder / "htpasswd").write_text(f"{USER}:{hashed}\n")
        (folder / "config.yml").write_text(_CONFIG.format(folder=folder, host=self.host))

    def start(self) -> "Registry":
        command = ["docker-registry", "serve", str(self._folder / "config.yml")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        for _ in range(200):
            if self._answers():
                return self
            time.sleep(0.05)
        raise AssertionError((self._folder / "log").read_text())

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)

    def push(self, api: docker.APIClient, image: str, name: str) -> str:
        """Pushes an image of the engine under a name, takes it away from the engine, and says what it is called."""
        text = f"{self.host}/{name}"
        repository, _, tag = text.rpartition(":")
        api.tag(image, repository, tag)
        login = {"username": USER, "password": PASSWORD}
        data = list(api.push(repository, tag, auth_config=login, stream=True, decode=True))
        assert not [line for line in data if "error" in line], data
        api.remove_image(text)
        return text

    def push_big(self, api: docker.APIClient, base: str, name: str, size: int) -> str:
        """The base with a file of that many bytes that cannot be made smaller."""
        created = api.create_container(base)["Id"]
        try:
            api.put_archive(created, "/", _archive("big", Random(4711).randbytes(size)))
            image: dict[str, Any] = api.commit(created)
        finally:
            api.remove_container(created)
        return self.push(api, image["Id"], name)

    def _answers(self) -> bool:
        host, _, port = self.host.partition(":")
        try:
            client = http.client.HTTPConnection(host, int(port), timeout=2)
            client.request("GET", "/v2/")
            return client.getresponse().status == 401
        except OSError:
            return False


def load_foreign(api: docker.APIClient, base: str, name: str, architecture: str) -> None:
    """Gives the engine the base under a name, said to be for another architecture."""
    io = BytesIO()
    with (
        tarfile.open(fileobj=BytesIO(b"".join(api.get_image(base)))) as saved,
        tarfile.open(fileobj=io, mode="w") as new,
    ):
        summary = json.loads(_content(saved, "manifest.json"))[0]
        config = {**json.loads(_content(saved, summary["Config"])), "architecture": architecture}
        files = {item: _content(saved, item) for item in summary["Layers"]}
        files["config.json"] = json.dumps(config).encode()
        files["manifest.json"] = json.dumps(
            [{"Config": "config.json", "RepoTags": [name], "Layers": summary["Layers"]}]
        ).encode()
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            new.addfile(entry, BytesIO(content))
    list(api.load_image(io.getvalue()))


def _content(archive: tarfile.TarFile, path: str) -> bytes:
    file = archive.extractfile(path)
    assert file is not None
    return file.read()


def _archive(name: str, content: bytes) -> bytes:
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        tar.addfile(entry, BytesIO(content))
    return buffer.getvalue()
