"""Drift: manual changes of containers are detected, listed by field, accepted, and reverted."""

from dataclasses import replace
from typing import Any

import pytest

from apps_app.drivers.base import ComponentPart, ComponentState, LiveComponent, OperationNote
from apps_app.drivers.docker.deploy.driver import DockerDriver
from apps_app.drivers.registry import open_driver
from templates_app.appspec.diff.diff import compare_component
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import Network
from tests.apps_app.drivers.docker.support import engines
from tests.apps_app.drivers.docker.support.docker_app import APP, DockerApp
from tests.apps_app.drivers.docker.support.docker_target import recreate_container
from tests.apps_app.drivers.docker.test_replacement import part

pytestmark = pytest.mark.docker

WEB = part(env={"A": "1"}, ports={"8000/tcp": {"127.0.0.1:18997": {}}}, mounts={"/data": {"source": "data"}})
ACCEPT_NOTE = OperationNote("Keep web", "", "demo")


@pytest.fixture
def web_app(empty: DockerApp) -> DockerApp:
    apply_parts(empty, "Install", web=WEB)
    return empty


def apply_parts(docker_app: DockerApp, note: str, **parts: ComponentPart) -> None:
    with docker_app.driver.session(APP, OperationNote(note, "", "demo")) as session:
        for key, item in parts.items():
            session.apply(key, item)
            session.wait_for_health(key, item)
        session.finish()


def read_live(docker_app: DockerApp, item: ComponentPart = WEB, key: str = "web") -> LiveComponent:
    return docker_app.driver.read_live(APP, {key: item})[key]


def list_changes(docker_app: DockerApp, item: ComponentPart = WEB, key: str = "web") -> list[str]:
    """Return a description of each changed field."""
    component = read_live(docker_app, item, key).component
    return [change.describe() for change in compare_component(key, item.component, component).changes]


def digest(docker_app: DockerApp, key: str = "web") -> str:
    """Return the digest as read by a new driver."""
    return open_driver("docker", {"address": engines.address()}, "").read(APP)[key].digest


def recreate(docker_app: DockerApp, key: str = "web", host: dict[str, Any] | None = None, **config: Any) -> str:
    """Recreate the container with its name and labels but other settings."""
    item = docker_app.container(key)
    item["HostConfig"] |= host or {}
    return recreate_container(docker_app.api, item, **config)


def accept_live(docker_app: DockerApp, item: ComponentPart = WEB, key: str = "web") -> ComponentPart:
    """Accept the drift and return the new part."""
    live = read_live(docker_app, item, key)
    assert isinstance(live.component, ComponentSpec)
    desired = replace(
        item,
        component=live.component,
        digest=f"kept from {item.digest}",
        volumes={**item.volumes, **live.volumes},
        networks={**item.networks, **live.networks},
    )
    docker_app.driver.accept_drift(APP, ACCEPT_NOTE, key, desired)
    return desired


def test_recreated_container_with_another_image_is_drift(web_app: DockerApp) -> None:
    recreate(web_app, Image="local/uplift-web:2")
    assert digest(web_app) == ""
    assert "yard-web-1 was recreated with another configuration" in web_app.driver.read(APP)["web"].detail
    assert list_changes(web_app) == ["image local/uplift-web:1 → local/uplift-web:2"]


def test_identically_recreated_container_is_no_drift(web_app: DockerApp) -> None:
    recreate(web_app)
    assert digest(web_app) == WEB.digest
    assert (read_live(web_app).component, read_live(web_app).other_differences) == (WEB.component, ())


def test_settings_of_the_image_are_no_drift(empty: DockerApp) -> None:
    """This image has an entrypoint, an environment and a volume of managed by the application."""
    db = part(image="local/uplift-redis:7")
    apply_parts(empty, "Install", db=db)
    recreate(empty, "db", Image="local/uplift-redis:8")
    assert list_changes(empty, db, "db") == ["image local/uplift-redis:7 → local/uplift-redis:8"]


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
def test_each_changed_field_is_listed(
    web_app: DockerApp, config: dict[str, Any], host: dict[str, Any], sentences: list[str]
) -> None:
    recreate(web_app, host=host, **config)
    assert digest(web_app) == ""
    assert list_changes(web_app) == sentences


def test_live_change_can_be_accepted(web_app: DockerApp) -> None:
    before = web_app.container("web")
    web_app.api.update_container(before["Id"], mem_limit=64 << 20, memswap_limit=128 << 20)
    assert digest(web_app) == ""
    assert list_changes(web_app) == ["resources memory limit added: 67108864"]
    desired = accept_live(web_app)
    assert digest(web_app) == desired.digest
    apply_parts(web_app, "Apply again", web=desired)
    assert web_app.container("web")["State"]["StartedAt"] == before["State"]["StartedAt"]


def test_added_limit_is_removed_by_revert(web_app: DockerApp) -> None:
    """The engine cannot remove a limit from a running container, so it is recreated."""
    web_app.api.update_container(web_app.container("web")["Id"], mem_limit=64 << 20, memswap_limit=128 << 20)
    apply_parts(web_app, "Revert drift", web=WEB)
    assert web_app.container("web")["HostConfig"]["Memory"] == 0
    assert digest(web_app) == WEB.digest


def test_accepted_drift_is_not_restarted_by_the_next_change(web_app: DockerApp) -> None:
    text = recreate(web_app, Image="local/uplift-web:2", Env=["A=2"])
    desired = accept_live(web_app)
    apply_parts(web_app, "Apply again", web=desired)
    assert web_app.container("web")["Id"] == text
    assert digest(web_app) == desired.digest


def test_limit_changes_in_place_after_accepted_drift(web_app: DockerApp) -> None:
    text = recreate(web_app, Env=["A=2"])
    desired = accept_live(web_app)
    limited = desired.component.model_copy(
        update={"resources": desired.component.resources.model_copy(update={"memory_limit": 64 << 20})}
    )
    apply_parts(web_app, "Limit it", web=replace(desired, component=limited, digest="limited"))
    assert web_app.container("web")["Id"] == text
    assert digest(web_app) == "limited"


def test_rollback_from_accepted_drift_recreates_the_original(web_app: DockerApp) -> None:
    text = recreate(web_app, Image="local/uplift-web:2")
    accept_live(web_app)
    apply_parts(web_app, "Go back", web=WEB)
    after = web_app.container("web")
    assert after["Id"] != text
    assert after["Config"]["Image"] == "local/uplift-web:1"
    assert digest(web_app) == WEB.digest


def test_change_after_accepted_drift_is_drift(web_app: DockerApp) -> None:
    recreate(web_app, Image="local/uplift-web:2")
    desired = accept_live(web_app)
    recreate(web_app, Env=["A=3"])
    assert digest(web_app) == ""
    assert list_changes(web_app, desired) == ["env A 1 → 3"]


def test_revert_replaces_a_recreated_container(web_app: DockerApp) -> None:
    text = recreate(web_app, Image="local/uplift-web:2")
    apply_parts(web_app, "Revert drift", web=WEB)
    after = web_app.container("web")
    assert (after["Id"] != text, after["Config"]["Image"]) == (True, "local/uplift-web:1")
    assert digest(web_app) == WEB.digest


def test_accepted_drift_does_not_apply_to_a_container_created_alongside(empty: DockerApp) -> None:
    """For a container that can run alongside the previous one."""
    worker = part(env={"A": "1"})
    apply_parts(empty, "Install", worker=worker)
    recreate(empty, "worker", Env=["A=2"])
    accept_live(empty, worker, "worker")
    apply_parts(empty, "Go back", worker=worker)
    assert digest(empty, "worker") == worker.digest
    assert "A=1" in empty.container("worker")["Config"]["Env"]


def test_accepted_foreign_volume_is_external(web_app: DockerApp) -> None:
    web_app.api.create_volume("yard-other", labels={"uplift.uid": APP.uid})
    mounts = [{"Type": "volume", "Source": "yard-other", "Target": "/data"}]
    recreate(web_app, host={"Mounts": mounts})
    live = read_live(web_app)
    assert live.component is not None
    assert live.component.mounts["/data"].source == "yard-other"
    assert (live.volumes["yard-other"].external, live.volumes["yard-other"].name) == (True, "yard-other")
    assert digest(web_app) == ""
    assert accept_live(web_app).digest == digest(web_app)


def test_additional_network_is_listed(web_app: DockerApp) -> None:
    web_app.api.create_network("yard_more", labels={"uplift.uid": APP.uid})
    web_app.api.connect_container_to_network(web_app.container("web")["Id"], "yard_more")
    live = read_live(web_app)
    assert live.networks == {"yard_more": Network(external=True, name="yard_more")}
    assert live.component is not None
    assert sorted(live.component.networks) == ["default", "yard_more"]


def test_missing_network_is_another_difference(web_app: DockerApp) -> None:
    web_app.api.disconnect_container_from_network(web_app.container("web")["Id"], "yard_default")
    live = read_live(web_app)
    assert (live.component, live.other_differences) == (
        WEB.component,
        ("yard-web-1 is not connected to the network yard_default",),
    )


def test_renamed_container_is_another_difference(web_app: DockerApp) -> None:
    web_app.api.rename(web_app.container("web")["Id"], "renamed")
    assert read_live(web_app).other_differences == ("yard-web-1 was renamed to renamed",)


def test_missing_replica_is_listed_and_can_be_accepted(empty: DockerApp) -> None:
    pair = part(replicas=2)
    apply_parts(empty, "Install", worker=pair)
    empty.api.remove_container("yard-worker-2", force=True)
    assert list_changes(empty, pair, "worker") == ["replicas 2 → 1"]
    assert digest(empty, "worker") == ""
    assert accept_live(empty, pair, "worker").digest == digest(empty, "worker")


def test_differing_replica_is_another_difference(empty: DockerApp) -> None:
    pair = part(replicas=2)
    apply_parts(empty, "Install", worker=pair)
    recreate_container(empty.api, empty.container("worker", 2), Image="local/uplift-web:2")
    assert digest(empty, "worker") == ""
    assert read_live(empty, pair, "worker").other_differences == ("yard-worker-2 differs from yard-worker-1",)


def test_stopped_container_is_no_drift(web_app: DockerApp) -> None:
    web_app.api.stop(web_app.container("web")["Id"])
    assert web_app.driver.read(APP)["web"].state is ComponentState.STOPPED
    assert digest(web_app) == WEB.digest
    assert read_live(web_app).component == WEB.component


def test_unmanaged_container_with_the_name_is_reported(web_app: DockerApp) -> None:
    web_app.api.remove_container(web_app.container("web")["Id"], force=True)
    with web_app.run_unmanaged("yard-web-1"):
        live = read_live(web_app)
        assert live.component is None
        assert live.other_differences == ("the container yard-web-1 belongs to something that Uplift does not manage",)
    assert web_app.driver.read_live(APP, {"web": WEB}) == {}


def test_unchanged_secrets_are_not_in_drift(empty: DockerApp) -> None:
    sealed = part(env={"PASSWORD": "${DB_PASSWORD}", "URL": "redis://:${DB_PASSWORD}@db"})
    sealed = replace(sealed, secrets={"DB_PASSWORD": "Zq7-very-secret"})
    apply_parts(empty, "Install", web=sealed)
    recreate(empty, Image="local/uplift-web:2")
    assert list_changes(empty, sealed) == ["image local/uplift-web:1 → local/uplift-web:2"]
    assert "Zq7" not in repr(read_live(empty, sealed))


def test_config_digest_differs_between_components(web_app: DockerApp) -> None:
    """The same configuration under another key has another digest."""
    apply_parts(web_app, "Another", other=replace(WEB, component=WEB.component.model_copy(update={"ports": {}})))
    apply_parts(web_app, "A third", third=replace(WEB, component=WEB.component.model_copy(update={"ports": {}})))
    data = [web_app.container(key)["Config"]["Labels"]["uplift.made"] for key in ("other", "third")]
    assert len({*data}) == 2


def test_unexpected_document_has_no_config_digest(empty: DockerApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "apps_app.drivers.docker.deploy.create_container.build_expected_document",
        lambda desired, image: {"Config": {"Image": "other"}},
    )
    apply_parts(empty, "Install", web=WEB)
    assert isinstance(empty.driver, DockerDriver)
    assert "uplift.made" not in empty.container("web")["Config"]["Labels"]
    assert digest(empty) == WEB.digest
