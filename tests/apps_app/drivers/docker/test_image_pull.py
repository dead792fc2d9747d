"""Images are pulled from a registry with a login before anything is stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps_app.drivers.base import DriverError, RegistryCredentials, TransferProgress
from apps_app.drivers.docker.deploy import image_pull
from apps_app.drivers.docker.state import host_info
from apps_app.drivers.issues import IssueCode, PreflightIssue, Severity
from apps_app.drivers.registry import open_driver
from apps_app.presenters.preflight_messages import describe_issue
from tests.apps_app.drivers.docker.support import engines
from tests.apps_app.drivers.docker.support.docker_app import APP, DockerApp
from tests.apps_app.drivers.docker.support.registry_server import PASSWORD, USER, Registry, load_foreign
from tests.apps_app.drivers.docker.test_replacement import part
from upgrades_app.engine.execution.run import EventKind
from upgrades_app.presenters.outcome import describe_outcome

pytestmark = pytest.mark.docker

SIZE = 12_000_000


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    engines.address()
    registry = Registry(tmp_path_factory.mktemp("registry")).start()
    yield registry
    registry.stop()


@pytest.fixture
def image(registry: Registry) -> Iterator[str]:
    """Return an image that only the registry has."""
    api = engines.api()
    text = registry.push_big(api, "local/uplift-web:2", "shop/web:2", SIZE)
    yield text
    if any(text in (item["RepoTags"] or ()) for item in api.images()):
        for container in api.containers(all=True, filters={"ancestor": text}):
            api.remove_container(container["Id"], force=True)
        api.remove_image(text, force=True)


@pytest.fixture
def docker_app(registry: Registry) -> Iterator[DockerApp]:
    docker_app = DockerApp(engines.address(), {registry.host: RegistryCredentials(USER, PASSWORD)})
    docker_app.clear()
    installed = docker_app.deploy(docker_app.document())
    assert installed.status == "succeeded", installed
    yield docker_app
    docker_app.clear()


def test_images_are_pulled_before_anything_is_stopped(
    docker_app: DockerApp, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_pull, "_MIN_REPORT_INTERVAL", 0.0)
    before = docker_app.ids()
    observed: list[tuple[dict[str, str], str]] = []
    docker_app.when[EventKind.PREPARING] = lambda: observed.append((docker_app.ids(), docker_app.page()))
    outcome = docker_app.deploy(docker_app.document(web={"image": image}))

    assert outcome.status == "succeeded", outcome
    assert observed == [(before, "version 1")]
    kinds = [event.kind for event in docker_app.events]
    last = max(at for at, kind in enumerate(kinds) if kind is EventKind.PREPARING)
    assert last < kinds.index(EventKind.PREPARED) < kinds.index(EventKind.STARTED)
    described = [event.data for event in docker_app.events if event.kind is EventKind.PREPARING]
    assert max(int(str(items["done"])) for items in described) > SIZE / 2
    assert max(int(str(items["total"])) for items in described) >= SIZE
    assert docker_app.page() == "version 2"


def test_unreachable_registry_changes_nothing(docker_app: DockerApp, image: str, registry: Registry) -> None:
    before = docker_app.ids()
    docker_app.when[EventKind.CHECKED] = registry.stop
    try:
        outcome = docker_app.deploy(docker_app.document(web={"image": image}))
    finally:
        registry.start()

    assert outcome.status == "failed", outcome
    assert "nothing was changed" in describe_outcome(outcome)
    assert "is reachable from the target" in outcome.error
    assert [event.data["attempt"] for event in docker_app.events if event.kind is EventKind.RETRIED] == [2, 3]
    assert docker_app.ids() == before
    assert docker_app.page() == "version 1"


def test_pull_is_retried(docker_app: DockerApp, image: str, registry: Registry) -> None:
    docker_app.when[EventKind.CHECKED] = registry.stop
    docker_app.when[EventKind.RETRIED] = registry.start
    outcome = docker_app.deploy(docker_app.document(web={"image": image}))

    assert outcome.status == "succeeded", outcome
    assert docker_app.page() == "version 2"


WITHOUT = "requires a login. Add one under Registry logins"
WRONG = f"rejects the login of {USER}. Change it under Registry logins"


@pytest.mark.parametrize(("password", "words"), [("", WITHOUT), ("wrong", WRONG)])
def test_missing_or_wrong_registry_login_is_reported(image: str, registry: Registry, password: str, words: str) -> None:
    logins = {registry.host: RegistryCredentials(USER, password)} if password else {}
    driver = open_driver("docker", {"address": engines.address()}, "", logins=logins)
    data = [describe_issue(issue) for issue in driver.check(APP, "web", None, part(image=image))]

    assert [name for name in data if image in name and f"{registry.host} {words}" in name], data
    assert password == "" or password not in "".join(data)
    with pytest.raises(DriverError, match=words) as refused:
        driver.prepare(APP, "web", part(image=image), lambda _: None)
    assert refused.value.permanent


def test_image_for_another_platform_is_reported(registry: Registry) -> None:
    api = engines.api()
    load_foreign(api, "local/uplift-web:1", "local/foreign:1", "s390x")
    image = registry.push(api, "local/foreign:1", "shop/foreign:1")
    logins = {registry.host: RegistryCredentials(USER, PASSWORD)}
    driver = open_driver("docker", {"address": engines.address()}, "", logins=logins)
    local = driver.check(APP, "web", None, part(image="local/foreign:1"))
    elsewhere = driver.check(APP, "web", None, part(image=image))
    api.remove_image("local/foreign:1")

    assert "is built for s390x, but the target is" in describe_issue(local[0])
    assert "is built for s390x, but the target is" in describe_issue(elsewhere[0])


def test_image_larger_than_the_disk_is_not_pulled(
    docker_app: DockerApp, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_info, "get_free_bytes", lambda engine: SIZE // 2)
    monkeypatch.setattr(host_info, "MIN_FREE_BYTES", 0)
    observed: list[TransferProgress] = []
    with pytest.raises(DriverError, match="needs more than 12 MB, but the target has 6 MB free. Free up space"):
        docker_app.driver.prepare(APP, "web", part(image=image), observed.append)
    assert not [item for item in docker_app.api.images() if image in (item["RepoTags"] or ())]


def test_low_disk_is_a_warning_and_full_disk_an_error(docker_app: DockerApp, monkeypatch: pytest.MonkeyPatch) -> None:
    web = part()
    monkeypatch.setattr(host_info, "get_free_bytes", lambda engine: 500_000_000)
    low = PreflightIssue(IssueCode.DISK_LOW, Severity.WARNING, params={"free": "500 MB"})
    assert docker_app.driver.check(APP, "web", None, web) == [low]
    monkeypatch.setattr(host_info, "get_free_bytes", lambda engine: 1_000_000)
    assert docker_app.driver.check(APP, "web", None, web) == [
        PreflightIssue(IssueCode.DISK_FULL, params={"free": "1 MB"})
    ]


def test_free_space_of_a_local_engine_is_known(docker_app: DockerApp, tmp_path: Path) -> None:
    room = host_info.get_free_bytes(docker_app.driver._engine)  # type: ignore[attr-defined]  # what it speaks through
    assert room is not None
    assert room > 0
