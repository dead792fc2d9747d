"""An engine that is spoken to by TCP with TLS: both sides know each other, or nothing is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps_app.drivers.base import DriverError
from apps_app.drivers.registry import open_driver
from tests.apps_app.drivers.docker.certificates import Authority
from tests.apps_app.drivers.docker.engines import second_engine
from tests.apps_app.drivers.docker.yard import free_port

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


def test_with_a_certificate_the_engine_answers(address: tuple[Path, str]) -> None:
    folder, url = address
    files = {"ca": "ca.pem", "certificate": "uplift.pem", "key": "uplift-key.pem"}
    driver = open_driver("docker", {"address": url, **files}, "", home=folder)
    assert driver.ping().kind == "docker"


def test_without_one_it_does_not(address: tuple[Path, str]) -> None:
    folder, url = address
    driver = open_driver("docker", {"address": url, "ca": "ca.pem"}, "", home=folder)
    with pytest.raises(DriverError, match="cannot be reached"):
        driver.ping()


def test_an_engine_of_another_authority_is_not_spoken_to(address: tuple[Path, str], tmp_path: Path) -> None:
    folder, url = address
    Authority(tmp_path)
    files = {"certificate": str(folder / "uplift.pem"), "key": str(folder / "uplift-key.pem")}
    driver = open_driver("docker", {"address": url, "ca": str(tmp_path / "ca.pem"), **files}, "")
    with pytest.raises(DriverError, match="certificate"):
        driver.ping()


def test_files_that_are_not_there_are_said(tmp_path: Path) -> None:
    driver = open_driver("docker", {"address": "tcp://127.0.0.1:1", "ca": "none.pem"}, "", home=tmp_path)
    with pytest.raises(DriverError, match="none.pem"):
        driver.ping()
