"""Containers of an engine as a document: a recorded project, and every field by itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from apps_app.sources.compose.read import read_compose
from apps_app.sources.engine.found import Found
from apps_app.sources.engine.read import Adopted, read_engine
from templates_app.spec.diff import diff
from templates_app.spec.text import plain

FOLDER = Path(__file__).parent
IMAGE: dict[str, Any] = {
    "Id": "sha256:1",
    "RepoTags": ["shop/web:1"],
    "Config": {
        "Env": ["PATH=/bin", "MODE=image"],
        "Cmd": ["serve"],
        "Entrypoint": ["/entry"],
        "User": "www",
        "WorkingDir": "/www",
        "Labels": {"maker": "shop"},
        "ExposedPorts": {"80/tcp": {}},
        "Volumes": {"/var/data": {}},
        "Healthcheck": {"Test": ["CMD", "check"], "Interval": 5_000_000_000},
        "StopSignal": "SIGQUIT",
    },
}


def recorded() -> Found:
    """`docker-compose up` of the compose.yaml beside this, as an engine told it."""
    document = json.loads((FOLDER / "found.json").read_text())
    return Found(**{**document, "containers": tuple(document["containers"])})


def container(name: str = "web", n: int = 1, **parts: Any) -> dict[str, Any]:
    """What an engine says of a container that only repeats its image; `Config`, `HostConfig` and more change it."""
    config = {**IMAGE["Config"], "Image": "shop/web:1", "Hostname": f"{n:012}", **parts.pop("Config", {})}
    return {
        "Id": f"{n:012}" + "0" * 52,
        "Name": f"/{name}",
        "Image": "sha256:1",
        "Config": config,
        "HostConfig": {
            "NetworkMode": "bridge",
            "ShmSize": 67108864,
            "IpcMode": "private",
            **parts.pop("HostConfig", {}),
        },
        "NetworkSettings": {"Networks": parts.pop("Networks", {"bridge": {}})},
        **parts,
    }


def read(*containers: dict[str, Any], **found: Any) -> Adopted:
    return read_engine(Found(containers=containers, images={"sha256:1": IMAGE}, **found))


def one(**parts: Any) -> dict[str, Any]:
    """The component that a container makes, without what every one of them has."""
    component = dict(read(container(**parts)).spec.components["web"].plain)
    assert component.pop("image") == "shop/web:1"
    assert component.pop("engine")["container_name"] == "web" if "Name" not in parts else True
    return component


def notices(*containers: dict[str, Any], **found: Any) -> list[str]:
    return [str(notice) for notice in read(*containers, **found).imported.notices]


def test_a_project_reads_as_its_compose_file() -> None:
    adopted, imported = (
        read_engine(recorded()),
        read_compose({"compose.yaml": (FOLDER / "compose.yaml").read_bytes()}, "compose.yaml"),
    )
    told = [change.address for change in diff(imported.spec, adopted.spec)]
    assert told == [
        "components.init.kind",
        "components.init.run",
        "components.side.depends_on.db.restart",
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
    assert one() == {"network_mode": "bridge"}


@pytest.mark.parametrize(
    ("parts", "field", "expected"),
    [
        (
            {"Config": {"Env": ["PATH=/bin", "MODE=own", "PRICE=$5", "UNSET"]}},
            "env",
            {"MODE": "own", "PRICE": "$$5", "UNSET": None},
        ),
        ({"Config": {"Cmd": ["other", "$x"]}}, "command", ["other", "$$x"]),
        ({"Config": {"Cmd": []}}, "command", []),
        ({"Config": {"Entrypoint": ["/own"], "Cmd": None}}, "entrypoint", ["/own"]),
        ({"Config": {"Entrypoint": ["/own"], "Cmd": ["serve"]}}, "command", ["serve"]),
        ({"Config": {"Entrypoint": None}}, "entrypoint", []),
        ({"Config": {"User": "1000"}}, "user", "1000"),
        ({"Config": {"WorkingDir": "/own"}}, "working_dir", "/own"),
        ({"Config": {"StopSignal": "SIGINT", "StopTimeout": 90}}, "stop", {"signal": "SIGINT", "grace": "1m30s"}),
        (
            {"Config": {"Labels": {"maker": "shop", "own": "x", "com.docker.compose.version": "2"}}},
            "labels",
            {"own": "x"},
        ),
        ({"Config": {"Healthcheck": {"Test": ["NONE"]}}}, "probes", {"readiness": {"disabled": True}}),
        (
            {
                "Config": {
                    "Healthcheck": {"Test": ["CMD-SHELL", "a $b"], "Interval": 5_000_000_000, "Timeout": 500_000_000}
                }
            },
            "probes",
            {"readiness": {"shell": "a $$b", "timeout": "500ms"}},
        ),
        (
            {"HostConfig": {"PortBindings": {"80/tcp": [{"HostIp": "::1", "HostPort": "8080"}]}}},
            "ports",
            {"80/tcp": {"[::1]:8080": {}}},
        ),
        ({"Config": {"ExposedPorts": {"80/tcp": {}, "9/udp": {}}}}, "ports", {"9/udp": {}}),
        ({"HostConfig": {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}}}, "restart", "on-failure:3"),
        (
            {"HostConfig": {"NanoCpus": 1_500_000_000, "Memory": 1 << 26, "MemorySwap": 1 << 27}},
            "resources",
            {"cpu_limit": 1.5, "memory_limit": 1 << 26},
        ),
        (
            {"HostConfig": {"DeviceRequests": [{"Driver": "nvidia", "Count": -1, "Capabilities": [["gpu"]]}]}},
            "resources",
            {"devices": [{"capabilities": ["gpu"], "count": "all", "driver": "nvidia"}]},
        ),
        (
            {"HostConfig": {"Binds": ["/srv:/srv:ro,z"]}},
            "mounts",
            {"/srv": {"kind": "host", "source": "/srv", "read_only": True, "options": {"selinux": "z"}}},
        ),
        (
            {"HostConfig": {"Binds": ["data:/data:nocopy"]}},
            "mounts",
            {"/data": {"source": "data", "options": {"nocopy": True}}},
        ),
        ({"HostConfig": {"Mounts": [{"Type": "volume", "Target": "/cache"}]}}, "mounts", {"/cache": {}}),
        (
            {
                "HostConfig": {
                    "Mounts": [
                        {"Type": "bind", "Source": "/a", "Target": "/b", "BindOptions": {"Propagation": "shared"}}
                    ]
                }
            },
            "mounts",
            {"/b": {"kind": "host", "source": "/a", "options": {"propagation": "shared", "create_host_path": False}}},
        ),
        (
            {"HostConfig": {"Tmpfs": {"/t": "size=1m,mode=1777,ro,noexec"}}},
            "mounts",
            {
                "/t": {
                    "kind": "tmpfs",
                    "size": 1 << 20,
                    "mode": "1777",
                    "read_only": True,
                    "options": {"flags": "noexec"},
                }
            },
        ),
        (
            {
                "HostConfig": {
                    "Mounts": [{"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {"SizeBytes": 9, "Mode": 448}}]
                }
            },
            "mounts",
            {"/t": {"kind": "tmpfs", "size": 9, "mode": "0700"}},
        ),
        ({"HostConfig": {"NetworkMode": "host"}, "Networks": {"host": {}}}, "network_mode", "host"),
        ({"HostConfig": {"NetworkMode": "none"}, "Networks": {"none": {}}}, "network_mode", "none"),
        (
            {
                "HostConfig": {"NetworkMode": "back"},
                "Networks": {
                    "back": {"Aliases": ["www", "web"], "IPAMConfig": {"IPv4Address": "10.9.0.4"}, "GwPriority": 2}
                },
            },
            "networks",
            {"back": {"aliases": ["www"], "ipv4_address": "10.9.0.4", "options": {"gw_priority": 2}}},
        ),
    ],
)
def test_what_it_has_of_its_own_is_carried(parts: dict[str, Any], field: str, expected: object) -> None:
    assert one(**parts).get(field) == expected


@pytest.mark.parametrize(
    ("host", "name", "expected"),
    [
        ({"CapAdd": ["SYS_ADMIN"]}, "cap_add", ["SYS_ADMIN"]),
        ({"Privileged": True}, "privileged", True),
        ({"Init": False}, "init", False),
        ({"IpcMode": "host"}, "ipc", "host"),
        ({"PidMode": "host"}, "pid", "host"),
        ({"CgroupnsMode": "host"}, "cgroup", "host"),
        ({"ShmSize": 1 << 20}, "shm_size", 1 << 20),
        ({"Memory": 100, "MemorySwap": -1}, "memswap_limit", -1),
        ({"CpuShares": 512}, "cpu_shares", 512),
        ({"ExtraHosts": ["db:10.0.0.1"]}, "extra_hosts", ["db=10.0.0.1"]),
        (
            {"Devices": [{"PathOnHost": "/dev/a", "PathInContainer": "/dev/b", "CgroupPermissions": "r"}]},
            "devices",
            ["/dev/a:/dev/b:r"],
        ),
        ({"Ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}]}, "ulimits", {"nofile": {"soft": 1, "hard": 2}}),
        ({"Sysctls": {"a": "1"}}, "sysctls", {"a": "1"}),
        ({"SecurityOpt": ["label=disable"]}, "security_opt", ["label=disable"]),
        (
            {"LogConfig": {"Type": "local", "Config": {"max-file": "2"}}},
            "logging",
            {"driver": "local", "options": {"max-file": "2"}},
        ),
        ({"Runtime": "runsc"}, "runtime", "runsc"),
        ({"OomScoreAdj": -500}, "oom_score_adj", -500),
        (
            {"BlkioWeight": 300, "BlkioDeviceReadBps": [{"Path": "/dev/a", "Rate": 5}]},
            "blkio_config",
            {"weight": 300, "device_read_bps": [{"path": "/dev/a", "rate": 5}]},
        ),
    ],
)
def test_options_of_the_engine_are_kept_by_composes_names(host: dict[str, Any], name: str, expected: object) -> None:
    assert read(container(HostConfig=host)).spec.components["web"].engine[name] == expected


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
    assert one(HostConfig=usual) == {"network_mode": "bridge"}
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
    ("parts", "said"),
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
def test_what_is_not_carried_is_listed(parts: dict[str, Any], said: str) -> None:
    assert [one for one in notices(container(**parts)) if one.startswith(said)], notices(container(**parts))


def test_an_image_that_lost_its_name_is_told_by_another_one() -> None:
    assert read(container(Config={"Image": "sha256:1"})).spec.components["web"].image == "shop/web:1"
