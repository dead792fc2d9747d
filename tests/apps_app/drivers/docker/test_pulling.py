"""Images come from a registry that wants a login, before anything is stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps_app.drivers.base import DriverError, Login, Progress
from apps_app.drivers.docker.deploy import image_pull
from apps_app.drivers.docker.state import host_info
from apps_app.drivers.registry import open_driver
from tests.apps_app.drivers.docker import engines
from tests.apps_app.drivers.docker.registries import PASSWORD, USER, Registry, load_foreign
from tests.apps_app.drivers.docker.test_replacing import part
from tests.apps_app.drivers.docker.yard import YARD, Yard
from upgrades_app.engine.execution.run import EventKind

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
    """One that only the registry has."""
    api = engines.api()
    text = registry.push_big(api, "local/uplift-web:2", "shop/web:2", SIZE)
    yield text
    if any(text in (item["RepoTags"] or ()) for item in api.images()):
        for container in api.containers(all=True, filters={"ancestor": text}):
            api.remove_container(container["Id"], force=True)
        api.remove_image(text, force=True)


@pytest.fixture
def yard(registry: Registry) -> Iterator[Yard]:
    yard = Yard(engines.address(), {registry.host: Login(USER, PASSWORD)})
    yard.clear()
    installed = yard.go(yard.document())
    assert installed.status == "succeeded", installed
    yield yard
    yard.clear()


def test_nothing_is_stopped_while_something_is_still_pulled(
    yard: Yard, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_pull, "_OFTEN", 0.0)
    before = yard.ids()
    observed: list[tuple[dict[str, str], str]] = []
    yard.when[EventKind.PREPARING] = lambda: observed.append((yard.ids(), yard.page()))
    outcome = yard.go(yard.document(web={"image": image}))

    assert outcome.status == "succeeded", outcome
    assert observed == [(before, "version 1")]
    kinds = [event.kind for event in yard.events]
    last = max(at for at, kind in enumerate(kinds) if kind is EventKind.PREPARING)
    assert last < kinds.index(EventKind.PREPARED) < kinds.index(EventKind.STARTED)
    described = [event.data for event in yard.events if event.kind is EventKind.PREPARING]
    assert max(int(str(items["done"])) for items in described) > SIZE / 2
    assert max(int(str(items["total"])) for items in described) >= SIZE
    assert yard.page() == "version 2"


def test_a_registry_that_goes_away_fails_the_record_and_touches_nothing(
    yard: Yard, image: str, registry: Registry
) -> None:
    before = yard.ids()
    yard.when[EventKind.CHECKED] = registry.stop
    try:
        outcome = yard.go(yard.document(web={"image": image}))
    finally:
        registry.start()

    assert outcome.status == "failed", outcome
    assert "nothing was changed" in outcome.sentence
    assert "reachable from the engine?" in outcome.error
    assert [event.data["attempt"] for event in yard.events if event.kind is EventKind.RETRIED] == [2, 3]
    assert yard.ids() == before
    assert yard.page() == "version 1"


def test_a_registry_that_comes_back_is_asked_again(yard: Yard, image: str, registry: Registry) -> None:
    yard.when[EventKind.CHECKED] = registry.stop
    yard.when[EventKind.RETRIED] = registry.start
    outcome = yard.go(yard.document(web={"image": image}))

    assert outcome.status == "succeeded", outcome
    assert yard.page() == "version 2"


WITHOUT = "wants a login: add one under Registry logins"
WRONG = f"refuses the login of {USER}: change it under Registry logins"


@pytest.mark.parametrize(("password", "words"), [("", WITHOUT), ("wrong", WRONG)])
def test_without_the_right_login_it_is_said_what_to_do(
    image: str, registry: Registry, password: str, words: str
) -> None:
    logins = {registry.host: Login(USER, password)} if password else {}
    driver = open_driver("docker", {"address": engines.address()}, "", logins=logins)
    data = driver.check(YARD, "web", None, part(image=image))

    assert [name for name in data if image in name and f"{registry.host} {words}" in name], data
    assert password == "" or password not in "".join(data)
    with pytest.raises(DriverError, match=words) as refused:
        driver.prepare(YARD, "web", part(image=image), lambda _: None)
    assert refused.value.permanent


def test_an_image_for_another_machine_is_objected_to(registry: Registry) -> None:
    api = engines.api()
    load_foreign(api, "local/uplift-web:1", "local/foreign:1", "s390x")
    image = registry.push(api, "local/foreign:1", "shop/foreign:1")
    logins = {registry.host: Login(USER, PASSWORD)}
    driver = open_driver("docker", {"address": engines.address()}, "", logins=logins)
    existing = driver.check(YARD, "web", None, part(image="local/foreign:1"))
    elsewhere = driver.check(YARD, "web", None, part(image=image))
    api.remove_image("local/foreign:1")

    assert "is for s390x, and this engine is" in existing[0]
    assert "is for s390x, and this engine is" in elsewhere[0]


def test_an_image_that_does_not_fit_on_the_disk_is_not_pulled_whole(
    yard: Yard, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_info, "free", lambda engine: SIZE // 2)
    monkeypatch.setattr(host_info, "NEEDED", 0)
    observed: list[Progress] = []
    with pytest.raises(DriverError, match="needs more than 12 MB, and the engine has 6 MB free; make room"):
        yard.driver.prepare(YARD, "web", part(image=image), observed.append)
    assert not [item for item in yard.api.images() if image in (item["RepoTags"] or ())]


def test_little_room_is_a_warning_and_none_an_objection(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    web = part()
    monkeypatch.setattr(host_info, "free", lambda engine: 500_000_000)
    assert list(yard.driver.warnings(YARD, "web", None, web)) == ["the engine's disk has little room left: 500 MB free"]
    assert yard.driver.check(YARD, "web", None, web) == []
    monkeypatch.setattr(host_info, "free", lambda engine: 1_000_000)
    assert yard.driver.check(YARD, "web", None, web) == ["the engine's disk is full (1 MB free); make room"]


def test_room_is_known_on_this_machine(yard: Yard, tmp_path: Path) -> None:
    room = host_info.free(yard.driver._engine)  # type: ignore[attr-defined]  # what it speaks through
    assert room is not None
    assert room > 0
