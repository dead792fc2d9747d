"""Containers of an engine as a document: a recorded project, and what is said about it."""

from typing import Any

import pytest

from apps_app.formats.compose.read import read_compose
from apps_app.formats.docker_inspect.read import read_engine
from templates_app.appspec.diff.diff import diff
from templates_app.appspec.interpolation.syntax import plain
from tests.apps_app.sources.engine.containers import FOLDER, container, notices, read, read_component, recorded


def test_a_project_reads_as_its_compose_file() -> None:
    adopted, imported = (
        read_engine(recorded()),
        read_compose({"compose.yaml": (FOLDER / "compose.yaml").read_bytes()}, "compose.yaml"),
    )
    described = [change.address for change in diff(imported.spec, adopted.spec)]
    assert described == [
        "components.init.kind",
        "components.init.run",
        "components.side.engine.volumes_from",
        "components.web.stop.grace",
        "volumes.data.name",
        "networks.default",
        "networks.front.name",
    ], "what Compose itself does not pass on, and the names that stay"
    assert adopted.spec.components["web"].stop.grace == "1m3s"
    assert adopted.spec.volumes["data"].name == "blog_data"
    assert adopted.imported.secrets == imported.secrets == {"REDIS_PASSWORD": "hunter22"}
    assert adopted.imported.name == "blog"


def test_replicas_fold_and_their_ids_are_kept() -> None:
    adopted = read_engine(recorded())
    assert adopted.spec.components["worker"].replicas == 2
    assert {key: len(ids) for key, ids in adopted.containers.items()} == {
        "db": 1,
        "init": 1,
        "side": 1,
        "web": 1,
        "worker": 2,
    }


def test_what_the_image_says_is_not_repeated() -> None:
    assert read_component() == {"network_mode": "bridge"}


def test_what_is_usual_is_left_out() -> None:
    usual = {
        "LogConfig": {"Type": "json-file", "Config": {}},
        "Runtime": "runc",
        "RestartPolicy": {"Name": "no"},
        "CgroupnsMode": "private",
        "MemorySwappiness": None,
        "OomScoreAdj": 0,
        "Memory": 0,
    }
    assert read_component(HostConfig=usual) == {"network_mode": "bridge"}
    assert read(container(HostConfig={"CgroupnsMode": "host"}), engine={"CgroupVersion": "1"}).spec.components[
        "web"
    ].engine == {"container_name": "web"}


def test_a_check_that_only_has_other_times_stays_the_images() -> None:
    check = {"Test": ["CMD", "check"], "Interval": 1_000_000_000, "Retries": 4}
    engine = read(container(Config={"Healthcheck": check})).spec.components["web"].engine
    assert engine["healthcheck"] == {"interval": "1s", "retries": 4}


def test_sharing_names_components() -> None:
    first = container("db", 1)
    shares = {
        "NetworkMode": f"container:{first['Id']}",
        "PidMode": f"container:{first['Id']}",
        "VolumesFrom": ["db:ro"],
    }
    spec = read(first, container("side", 2, HostConfig=shares, Networks={})).spec
    assert spec.components["side"].network_mode == "service:db"
    assert spec.components["side"].engine["pid"] == "service:db"
    assert spec.components["side"].engine["volumes_from"] == ["db:ro"]


def test_secrets_leave_the_document() -> None:
    adopted = read(container(Config={"Env": ["DB_PASSWORD=hunter2$", "URL=postgres://a:hunter2$@db"]}))
    env = adopted.spec.components["web"].env
    assert env["DB_PASSWORD"] == "${DB_PASSWORD}"
    assert adopted.imported.secrets == {"DB_PASSWORD": "hunter2$"}
    assert plain(env["URL"] or "", adopted.imported.secrets) == "postgres://a:hunter2$@db"


def test_containers_of_uplift_and_those_run_once_are_left() -> None:
    ours = container("ours", 2, Config={"Labels": {"uplift.uid": "x"}})
    once = container("once", 3, Config={"Labels": {"com.docker.compose.oneoff": "True"}})
    adopted = read(container(), ours, once)
    assert adopted.spec.components.keys() == adopted.containers.keys() == {"web"}
    assert notices(container(), ours, once) == [
        "once: it was run once and is no service",
        "ours: it belongs to an application of Uplift's, and stays there",
    ]


def test_two_projects_with_one_service_are_two_components() -> None:
    labels = [{"com.docker.compose.service": "web", "com.docker.compose.project": name} for name in ("a", "b")]
    both = [container(f"{name}-web-1", n, Config={"Labels": labels[n - 1]}) for n, name in ((1, "a"), (2, "b"))]
    assert read(*both).spec.components.keys() == {"a-web-1", "b-web-1"}


def test_replicas_that_differ_are_told_of() -> None:
    labels = {"com.docker.compose.service": "web", "com.docker.compose.project": "shop"}
    both = [
        container(
            f"shop-web-{n}",
            n,
            Config={"Labels": {**labels, "com.docker.compose.container-number": str(n)}, "User": f"{n}"},
        )
        for n in (2, 1)
    ]
    adopted = read(*both)
    assert adopted.spec.components["web"].user == "1"
    assert adopted.containers["web"] == (both[1]["Id"], both[0]["Id"])
    assert notices(*both) == [
        "web.shop-web-2: it is not as shop-web-1: user 1 → 2. With its next change it becomes as the first is"
    ]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"HostConfig": {"AutoRemove": True}}, "web.auto_remove: it removes itself when it ends"),
        ({"HostConfig": {"PublishAllPorts": True}}, "web.ports: it publishes all its ports"),
        ({"HostConfig": {"MaskedPaths": []}}, "web.security_opt: it sees paths of the system"),
        ({"HostConfig": {"Mounts": [{"Type": "npipe", "Target": "/p"}]}}, "web.mounts: the npipe mount at /p was not"),
        ({"HostConfig": {"NetworkMode": "container:gone"}, "Networks": {}}, "web.network_mode: it shares with a"),
        ({"HostConfig": {"VolumesFrom": ["gone"]}}, "web.volumes_from: it has the volumes of a container that"),
        ({"Config": {"Image": "sha256:77"}, "Image": "sha256:77"}, "web.image: its image has no name on this engine"),
        ({"Config": {"Image": "shop/web"}}, "web.image: it runs an older image than shop/web is now"),
        ({"HostConfig": {"Binds": ["/srv:/srv"]}}, "web.mounts: /srv is a path of the host, and stays one"),
        (
            {"Mounts": [{"Type": "volume", "Name": "a" * 64, "Destination": "/var/data"}]},
            "web.mounts: /var/data is a volume without a name",
        ),
        ({"HostConfig": {"Binds": ["data:/data"]}}, "volumes.data: it keeps its name, data"),
    ],
)
def test_what_is_not_carried_is_listed(parts: dict[str, Any], expected: str) -> None:
    assert [notice for notice in notices(container(**parts)) if notice.startswith(expected)], notices(
        container(**parts)
    )


def test_an_image_that_lost_its_name_is_told_by_another_one() -> None:
    assert read(container(Config={"Image": "sha256:1"})).spec.components["web"].image == "shop/web:1"
