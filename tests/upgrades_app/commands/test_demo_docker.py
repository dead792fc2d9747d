"""The demo on a Docker Engine: walked, and taken off again, with what is not its own left alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.errors import Refused
from tests.apps_app.drivers.docker import engines
from tests.upgrades_app.commands.test_demo import demo, var
from upgrades_app.demo.images import LOCAL
from upgrades_app.demo.runtime import Ground
from upgrades_app.demo.stages import Setting

__all__ = ["var"]


@pytest.fixture
def stranger() -> Iterator[str]:
    """A container of somebody else on the engine."""
    text = str(engines.api().create_container("local/uplift-web:1", name="stranger-of-the-demo")["Id"])
    engines.api().start(text)
    yield text
    engines.api().remove_container(text, force=True)


def _things() -> set[str]:
    """Everything there is on the engine, by id or name."""
    api = engines.api()
    result = [container["Id"] for container in [*api.containers(all=True), *api.networks()]]
    return {*result, *(volume["Name"] for volume in api.volumes()["Volumes"] or [])}


@pytest.mark.docker
def test_it_is_walked_on_an_engine_and_only_its_own_is_taken_off(var: Path, stranger: str) -> None:
    existing = _things()
    walked = demo(var, "--target", "docker", "--local-images", "--walk", DOCKER_HOST=engines.address())
    assert walked.returncode == 0, walked.stdout + walked.stderr
    for fact in ("db: same container, up", "read from the volume of db", "Every fact above was read back"):
        assert fact in walked.stdout
    changed = demo(var, "--no-serve")
    assert (changed.returncode, "another target (docker)" in changed.stderr) == (2, True), changed.stderr
    assert len(_things() - existing) > 7
    assert demo(var, "--reset").returncode == 0
    assert stranger in existing
    assert _things() == existing


def test_without_an_engine_it_says_so(var: Path) -> None:
    refused = demo(var, "--target", "docker", "--no-serve", DOCKER_HOST="unix:///nowhere/docker.sock")
    assert refused.returncode == 2
    assert "unix:///nowhere/docker.sock cannot be reached" in refused.stderr
    assert "say in DOCKER_HOST where it is" in refused.stderr
    assert demo(var, "--reset").returncode == 0


def test_local_images_are_for_an_engine(var: Path) -> None:
    refused = demo(var, "--local-images")
    assert (refused.returncode, "goes with --target docker" in refused.stderr) == (2, True)


@pytest.mark.docker
def test_an_image_that_cannot_be_pulled_is_named(var: Path) -> None:
    refused = demo(var, "--target", "docker", "--no-serve", DOCKER_HOST=engines.address())
    if refused.returncode == 0:
        demo(var, "--reset")
        pytest.skip("this engine reaches a registry, or has the images")
    assert "--local-images makes small ones instead" in refused.stderr
    assert demo(var, "--reset").returncode == 0


@pytest.mark.docker
def test_anothers_application_of_the_same_name_is_said_in_short_words(tmp_path: Path) -> None:
    labels = {"uplift.slug": "shop-of-another", "uplift.uid": "uid-of-another"}
    created = engines.api().create_container("local/uplift-web:1", labels=labels)["Id"]
    setting = Setting(tmp_path, "", Ground("docker", {"address": engines.address()}, LOCAL))
    try:
        with pytest.raises(Refused, match=r"shop-of-another on this engine is another Uplift's: .*demo --reset"):
            setting._refuse_anothers("shop-of-another")
        setting._refuse_anothers("shop-of-nobody")
    finally:
        engines.api().remove_container(created, force=True)
