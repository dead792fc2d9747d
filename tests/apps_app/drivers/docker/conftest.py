"""Fixtures: the test application, installed with a value in its Redis."""

from collections.abc import Iterator

import pytest

from tests.apps_app.drivers.docker.support import engines
from tests.apps_app.drivers.docker.support.docker_app import DockerApp


@pytest.fixture
def empty() -> Iterator[DockerApp]:
    """The test application before its installation."""
    docker_app = DockerApp(engines.address())
    docker_app.clear()
    yield docker_app
    docker_app.clear()


@pytest.fixture
def docker_app(empty: DockerApp) -> DockerApp:
    installed = empty.deploy(empty.document())
    assert installed.status == "succeeded", installed
    assert empty.redis("set", "gate", "open") == "OK"
    return empty
