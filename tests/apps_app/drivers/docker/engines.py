"""A Docker Engine for the tests: the one that is named, the local one, or one of their own that ends with them."""

import atexit
import fcntl
import io
import os
import shutil
import socket
import struct
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import docker
import pytest
import requests

from apps_app.drivers.docker.api.address import DEFAULT_ADDRESS

BUILD = Path(__file__).parents[3] / "images" / "build"
IMAGES = ("local/uplift-web:1", "local/uplift-web:2", "local/uplift-redis:7", "local/uplift-redis:8")
STAND_INS = {
    "postgres:16": "local/uplift-web:1",
    "registry.example/shop/web:1.0": "local/uplift-web:1",
    "registry.example/shop/web:1.1": "local/uplift-web:2",
    "redis:8": "local/uplift-redis:8",
}
"""Images that the parts of all drivers' tests name, and what is run in their place where nobody has them."""


@cache
def address() -> str:
    """The engine's address, its images made. Skips the test where there is no engine and none can be started."""
    text = os.environ.get("UPLIFT_TEST_DOCKER") or (DEFAULT_ADDRESS if _answers(DEFAULT_ADDRESS) else "")
    if not text:
        if os.getuid() or shutil.which("dockerd") is None:
            pytest.skip("no Docker Engine answers, and none can be started here")
        text = OwnEngine(Path(tempfile.mkdtemp(prefix="uplift-engine-"))).start().address
    subprocess.run([BUILD, "--if-missing"], env={**os.environ, "DOCKER_HOST": text}, check=True, capture_output=True)
    return text


@cache
def api() -> docker.APIClient:
    return docker.APIClient(base_url=address(), version="auto")


def clear(label: str) -> None:
    """Takes off what bears this label: containers, volumes, networks."""
    filters = {"label": [label]}
    for container in api().containers(all=True, filters=filters):
        api().remove_container(container["Id"], force=True)
    for volume in api().volumes(filters=filters)["Volumes"] or []:
        api().remove_volume(volume["Name"])
    for network in api().networks(filters=filters):
        api().remove_network(network["Id"])


def give_images(other: docker.APIClient) -> None:
    """To another engine, the images of the tests'."""
    for name in IMAGES:
        list(other.load_image(b"".join(api().get_image(name))))


@cache
def stand_ins() -> None:
    """Sees to it that every image of the common parts is there, and takes away again what was not."""
    for name, instead in STAND_INS.items():
        try:
            api().inspect_image(name)
        except docker.errors.ImageNotFound:
            repository, _, tag = name.rpartition(":")
            text = _with_check(instead) if name.startswith("postgres") else instead
            api().tag(text, repository, tag)
            atexit.register(_untag, name)


def _untag(name: str) -> None:
    try:
        api().remove_image(name)
    except (docker.errors.APIError, requests.RequestException):
        return


def _with_check(image: str) -> str:
    """An image that also has the program that PostgreSQL's own check runs."""
    container = api().create_container(image)["Id"]
    try:
        api().put_archive(container, "/bin", _archive("pg_isready", b"#!/bin/sh\nexit 0\n"))
        return str(api().commit(container)["Id"])
    finally:
        api().remove_container(container)


def _archive(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), 0o755
        tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _answers(url: str) -> bool:
    try:
        client = docker.APIClient(base_url=url, version="auto", timeout=10)
        return bool(client.ping())
    except (docker.errors.DockerException, requests.RequestException):
        return False


@contextmanager
def second_engine(*options: str) -> Iterator["OwnEngine"]:
    """An engine beside another, which can be stopped and started. It has a bridge of its own: one that was told to do
    without would delete the other's. Skips the test where none can be started."""
    if os.getuid() or shutil.which("dockerd") is None:
        pytest.skip("only root can start an engine of its own")
    bridge = f"uplift{os.getpid()}"[:15]
    _ask_kernel(_ADD_BRIDGE, bridge.encode())
    folder = Path(tempfile.mkdtemp(prefix="uplift-engine-"))
    engine = OwnEngine(folder, f"--bridge={bridge}", "--iptables=false", "--ip6tables=false", *options)
    try:
        yield engine
    finally:
        engine.end()
        _ask_kernel(_SET_FLAGS, struct.pack("16sh14x", bridge.encode(), 0))
        _ask_kernel(_DELETE_BRIDGE, bridge.encode())


_ADD_BRIDGE, _DELETE_BRIDGE, _SET_FLAGS = 0x89A0, 0x89A1, 0x8914


def _ask_kernel(request: int, argument: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as item:
        fcntl.ioctl(item, request, argument.ljust(32, b"\0"))


class OwnEngine:
    """An engine of one's own, which can be stopped and started."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.address = f"unix://{folder}/engine.sock"
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.end)

    def start(self) -> "OwnEngine":
        command = ["dockerd", "--host", self.address, "--data-root", str(self.folder / "data")]
        command += ["--exec-root", str(self.folder / "run"), "--pidfile", str(self.folder / "pid"), *self._options]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        for _ in self._patience():
            if _answers(self.address):
                return self
        raise AssertionError(f"dockerd did not start: {(self.folder / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(60)

    def end(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _patience(self) -> Iterator[None]:
        end = time.monotonic() + 60
        while time.monotonic() < end and self._process is not None and self._process.poll() is None:
            yield
            time.sleep(0.3)
