"""What somebody does to containers by hand, beside Uplift: it is noticed, told field by field, kept, and put back."""

from dataclasses import replace
from typing import Any

import pytest

from apps_app.drivers.base import Found, Note, Part, State
from apps_app.drivers.docker.deploy.driver import DockerDriver
from apps_app.drivers.registry import open_driver
from templates_app.appspec.diff.diff import component_change
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import Network
from tests.apps_app.drivers.docker import engines
from tests.apps_app.drivers.docker.bench import remade
from tests.apps_app.drivers.docker.test_replacing import part
from tests.apps_app.drivers.docker.yard import YARD, Yard

pytestmark = pytest.mark.docker

WEB = part(env={"A": "1"}, ports={"8000/tcp": {"127.0.0.1:18997": {}}}, mounts={"/data": {"source": "data"}})
KEEP = Note("Keep web", "", "demo")


@pytest.fixture
def shop(empty: Yard) -> Yard:
    put(empty, "Install", web=WEB)
    return empty


def put(yard: Yard, note: str, **parts: Part) -> None:
    with yard.driver.session(YARD, Note(note, "", "demo")) as session:
        for key, item in parts.items():
            session.apply(key, item)
            session.gate(key, item)
        session.finish()


def found(yard: Yard, item: Part = WEB, key: str = "web") -> Found:
    return yard.driver.found(YARD, {key: item})[key]


def told(yard: Yard, item: Part = WEB, key: str = "web") -> list[str]:
    """Each field that differs, in a sentence."""
    component = found(yard, item, key).component
    return [change.sentence() for change in component_change(key, item.component, component).changes]


def digest(yard: Yard, key: str = "web") -> str:
    """As another console sees it."""
    return open_driver("docker", {"address": engines.address()}, "").read(YARD)[key].digest


def again(yard: Yard, key: str = "web", host: dict[str, Any] | None = None, **config: Any) -> str:
    """Somebody makes the container anew with its name and labels, and changes this of it."""
    item = yard.container(key)
    item["HostConfig"] |= host or {}
    return remade(yard.api, item, **config)


def kept(yard: Yard, item: Part = WEB, key: str = "web") -> Part:
    """What is there, kept."""
    live = found(yard, item, key)
    assert isinstance(live.component, ComponentSpec)
    desired = replace(
        item,
        component=live.component,
        digest=f"kept from {item.digest}",
        volumes={**item.volumes, **live.volumes},
        networks={**item.networks, **live.networks},
    )
    yard.driver.keep(YARD, KEEP, key, desired)
    return desired


def test_another_image_under_the_same_labels_is_noticed(shop: Yard) -> None:
    again(shop, Image="local/uplift-web:2")
    assert digest(shop) == ""
    assert "somebody made yard-web-1 anew" in shop.driver.read(YARD)["web"].detail
    assert told(shop) == ["image local/uplift-web:1 → local/uplift-web:2"]


def test_the_same_again_under_the_same_labels_is_no_drift(shop: Yard) -> None:
    again(shop)
    assert digest(shop) == WEB.digest
    assert (found(shop).component, found(shop).beside) == (WEB.component, ())


def test_what_only_the_image_says_is_never_told(empty: Yard) -> None:
    """This image has an entrypoint, an environment and a volume of its own."""
    db = part(image="local/uplift-redis:7")
    put(empty, "Install", db=db)
    again(empty, "db", Image="local/uplift-redis:8")
    assert told(empty, db, "db") == ["image local/uplift-redis:7 → local/uplift-redis:8"]


@pytest.mark.parametrize(
    ("config", "host", "sentences"),
    [
        ({"Env": ["A=1", "DEBUG=1"]}, {}, ["env DEBUG added: 1"]),
        ({"Env": []}, {}, ["env A removed"]),
        ({"User": "1000"}, {}, ["user added: 1000"]),
        ({"Cmd": ["sleep", "60"]}, {}, ["command added: sleep 60"]),
        ({}, {"CapAdd": ["NET_ADMIN"]}, ["engine cap_add added: NET_ADMIN"]),
        (
            {},
            {"PortBindings": {"8000/tcp": [{"HostIp": "127.0.0.1", "HostPort": "18998"}]}},
            ["ports 8000/tcp 127.0.0.1:18997 removed", "ports 8000/tcp 127.0.0.1:18998 added"],
        ),
        ({}, {"ReadonlyRootfs": True}, ["engine read_only added: yes"]),
        ({}, {"RestartPolicy": {"Name": "always"}}, ["restart added: always"]),
    ],
)
def test_each_field_is_told(shop: Yard, config: dict[str, Any], host: dict[str, Any], sentences: list[str]) -> None:
    again(shop, host=host, **config)
    assert digest(shop) == ""
    assert told(shop) == sentences


def test_what_is_changed_while_it_runs_is_told_and_kept(shop: Yard) -> None:
    before = shop.container("web")
    shop.api.update_container(before["Id"], mem_limit=64 << 20, memswap_limit=128 << 20)
    assert digest(shop) == ""
    assert told(shop) == ["resources memory limit added: 67108864"]
    desired = kept(shop)
    assert digest(shop) == desired.digest
    put(shop, "Apply again", web=desired)
    assert shop.container("web")["State"]["StartedAt"] == before["State"]["StartedAt"]


def test_a_limit_that_somebody_set_is_taken_away_again(shop: Yard) -> None:
    """The engine cannot take one away while the container runs, so another one comes."""
    shop.api.update_container(shop.container("web")["Id"], mem_limit=64 << 20, memswap_limit=128 << 20)
    put(shop, "Put back", web=WEB)
    assert shop.container("web")["HostConfig"]["Memory"] == 0
    assert digest(shop) == WEB.digest


def test_what_is_kept_is_not_restarted_by_the_next_change(shop: Yard) -> None:
    text = again(shop, Image="local/uplift-web:2", Env=["A=2"])
    desired = kept(shop)
    put(shop, "Apply again", web=desired)
    assert shop.container("web")["Id"] == text
    assert digest(shop) == desired.digest


def test_a_limit_after_what_was_kept_needs_no_new_container(shop: Yard) -> None:
    text = again(shop, Env=["A=2"])
    desired = kept(shop)
    limited = desired.component.model_copy(
        update={"resources": desired.component.resources.model_copy(update={"memory_limit": 64 << 20})}
    )
    put(shop, "Limit it", web=replace(desired, component=limited, digest="limited"))
    assert shop.container("web")["Id"] == text
    assert digest(shop) == "limited"


def test_going_back_from_what_was_kept_makes_the_first_again(shop: Yard) -> None:
    text = again(shop, Image="local/uplift-web:2")
    kept(shop)
    put(shop, "Go back", web=WEB)
    after = shop.container("web")
    assert after["Id"] != text
    assert after["Config"]["Image"] == "local/uplift-web:1"
    assert digest(shop) == WEB.digest


def test_what_is_changed_after_it_was_kept_is_noticed(shop: Yard) -> None:
    again(shop, Image="local/uplift-web:2")
    desired = kept(shop)
    again(shop, Env=["A=3"])
    assert digest(shop) == ""
    assert told(shop, desired) == ["env A 1 → 3"]


def test_putting_back_replaces_what_somebody_made(shop: Yard) -> None:
    text = again(shop, Image="local/uplift-web:2")
    put(shop, "Put back", web=WEB)
    after = shop.container("web")
    assert (after["Id"] != text, after["Config"]["Image"]) == (True, "local/uplift-web:1")
    assert digest(shop) == WEB.digest


def test_beside_another_too(empty: Yard) -> None:
    """One that can run beside the one before: what was kept of that does not count for it."""
    worker = part(env={"A": "1"})
    put(empty, "Install", worker=worker)
    again(empty, "worker", Env=["A=2"])
    kept(empty, worker, "worker")
    put(empty, "Go back", worker=worker)
    assert digest(empty, "worker") == worker.digest
    assert "A=1" in empty.container("worker")["Config"]["Env"]


def test_a_volume_of_somebody_else_is_kept_as_such(shop: Yard) -> None:
    shop.api.create_volume("yard-other", labels={"uplift.uid": YARD.uid})
    mounts = [{"Type": "volume", "Source": "yard-other", "Target": "/data"}]
    again(shop, host={"Mounts": mounts})
    live = found(shop)
    assert live.component is not None
    assert live.component.mounts["/data"].source == "yard-other"
    assert (live.volumes["yard-other"].external, live.volumes["yard-other"].name) == (True, "yard-other")
    assert digest(shop) == ""
    assert kept(shop).digest == digest(shop)


def test_a_network_more_is_told(shop: Yard) -> None:
    shop.api.create_network("yard_more", labels={"uplift.uid": YARD.uid})
    shop.api.connect_container_to_network(shop.container("web")["Id"], "yard_more")
    live = found(shop)
    assert live.networks == {"yard_more": Network(external=True, name="yard_more")}
    assert live.component is not None
    assert sorted(live.component.networks) == ["default", "yard_more"]


def test_the_network_that_it_left_is_told_beside(shop: Yard) -> None:
    shop.api.disconnect_container_from_network(shop.container("web")["Id"], "yard_default")
    live = found(shop)
    assert (live.component, live.beside) == (WEB.component, ("yard-web-1 is not in the network yard_default",))


def test_another_name_is_told_beside(shop: Yard) -> None:
    shop.api.rename(shop.container("web")["Id"], "renamed")
    assert found(shop).beside == ("yard-web-1 is called renamed",)


def test_a_replica_less_is_told_and_kept(empty: Yard) -> None:
    pair = part(replicas=2)
    put(empty, "Install", worker=pair)
    empty.api.remove_container("yard-worker-2", force=True)
    assert told(empty, pair, "worker") == ["replicas 2 → 1"]
    assert digest(empty, "worker") == ""
    assert kept(empty, pair, "worker").digest == digest(empty, "worker")


def test_a_replica_that_is_not_as_the_first_is_told_beside(empty: Yard) -> None:
    pair = part(replicas=2)
    put(empty, "Install", worker=pair)
    remade(empty.api, empty.container("worker", 2), Image="local/uplift-web:2")
    assert digest(empty, "worker") == ""
    assert found(empty, pair, "worker").beside == ("yard-worker-2 is not as yard-worker-1",)


def test_what_was_stopped_by_hand_is_as_applied_and_stopped(shop: Yard) -> None:
    shop.api.stop(shop.container("web")["Id"])
    assert shop.driver.read(YARD)["web"].state is State.STOPPED
    assert digest(shop) == WEB.digest
    assert found(shop).component == WEB.component


def test_a_stranger_in_its_place_is_named(shop: Yard) -> None:
    shop.api.remove_container(shop.container("web")["Id"], force=True)
    with shop.stranger("yard-web-1"):
        live = found(shop)
        assert live.component is None
        assert live.beside == ("the container yard-web-1 is there, and belongs to somebody else",)
    assert shop.driver.found(YARD, {"web": WEB}) == {}


def test_a_secret_is_not_told_where_it_is_as_applied(empty: Yard) -> None:
    sealed = part(env={"PASSWORD": "${DB_PASSWORD}", "URL": "redis://:${DB_PASSWORD}@db"})
    sealed = replace(sealed, secrets={"DB_PASSWORD": "Zq7-very-secret"})
    put(empty, "Install", web=sealed)
    again(empty, Image="local/uplift-web:2")
    assert told(empty, sealed) == ["image local/uplift-web:1 → local/uplift-web:2"]
    assert "Zq7" not in repr(found(empty, sealed))


def test_no_label_tells_what_a_container_was_made_of(shop: Yard) -> None:
    """The same in another application, or under another key, reads otherwise."""
    put(shop, "Another", other=replace(WEB, component=WEB.component.model_copy(update={"ports": {}})))
    put(shop, "A third", third=replace(WEB, component=WEB.component.model_copy(update={"ports": {}})))
    data = [shop.container(key)["Config"]["Labels"]["uplift.made"] for key in ("other", "third")]
    assert len({*data}) == 2


def test_a_container_that_is_not_as_foretold_bears_no_such_label(empty: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "apps_app.drivers.docker.deploy.create_container.expected",
        lambda desired, image: {"Config": {"Image": "other"}},
    )
    put(empty, "Install", web=WEB)
    assert isinstance(empty.driver, DockerDriver)
    assert "uplift.made" not in empty.container("web")["Config"]["Labels"]
    assert digest(empty) == WEB.digest
