"""Engines reached by TCP with mutual TLS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps_app.drivers.base import DriverError
from apps_app.drivers.registry import open_driver
from tests.apps_app.drivers.docker.support.certificates import Authority
from tests.apps_app.drivers.docker.support.docker_app import free_port
from tests.apps_app.drivers.docker.support.engines import second_engine

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("certificates")
    authority = Authority(folder)
    authority.sign("engine")
    authority.sign("uplift")
    where = f"127.0.0.1:{free_port()}"
    files = {"--tlscacert": "ca.pem", "--tlscert": "engine.pem", "--tlskey": "engine-key.pem"}
    options = [f"{option}={folder / name}" for option, name in files.items()]
    with second_engine(f"--host=tcp://{where}", "--tlsverify", *options) as engine:
        engine.start()
        yield folder, f"tcp://{where}"


def test_client_certificate_is_accepted(address: tuple[Path, str]) -> None:
    folder, url = address
    files = {"ca": "ca.pem", "certificate": "uplift.pem", "key": "uplift-key.pem"}
    driver = open_driver("docker", {"address": url, **files}, "", home=folder)
    assert driver.ping().kind == "docker"


def test_missing_client_certificate_is_rejected(address: tuple[Path, str]) -> None:
    folder, url = address
    driver = open_driver("docker", {"address": url, "ca": "ca.pem"}, "", home=folder)
    with pytest.raises(DriverError, match="is unreachable"):
        driver.ping()


def test_engine_of_another_authority_is_rejected(address: tuple[Path, str], tmp_path: Path) -> None:
    folder, url = address
    Authority(tmp_path)
    files = {"certificate": str(folder / "uplift.pem"), "key": str(folder / "uplift-key.pem")}
    driver = open_driver("docker", {"address": url, "ca": str(tmp_path / "ca.pem"), **files}, "")
    with pytest.raises(DriverError, match="certificate"):
        driver.ping()


def test_missing_tls_files_are_reported(tmp_path: Path) -> None:
    driver = open_driver("docker", {"address": "tcp://127.0.0.1:1", "ca": "none.pem"}, "", home=tmp_path)
    with pytest.raises(DriverError, match="none.pem"):
        driver.ping()
