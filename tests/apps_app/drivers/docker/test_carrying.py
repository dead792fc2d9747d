"""Every field reaches the engine, or is objected to by its name."""

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps_app.drivers.base import Note, Part
from apps_app.drivers.docker.payload.builder import read_part
from templates_app.appspec.schema.model import Network, Volume
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import digest
from tests.apps_app.drivers.docker import engines
from tests.apps_app.drivers.docker.yard import GATE, YARD, Yard

CASES = Path(__file__).parents[2] / "sources" / "cases"
SECRET = "kept-from-everyone"


def part(secrets: dict[str, str] | None = None, **fields: Any) -> Part:
    component = parse_component({"image": "local/uplift-web:1", "stop": {"grace": "1s"}, "health_gate": GATE, **fields})
    volumes = {mount.source: Volume() for mount in component.mounts.values() if mount.kind == "volume" and mount.source}
    networks = {name: Network() for name in component.networks}
    return Part(component, digest(component.model_dump(mode="json")), volumes, networks, secrets or {})


def faults(**fields: Any) -> list[str]:
    return list(read_part(YARD, "web", part(**fields))[1])


@pytest.fixture
def yard() -> Iterator[Yard]:
    yard = Yard(engines.address())
    yard.clear()
    yield yard
    yard.clear()


def put(yard: Yard, item: Part) -> dict[str, Any]:
    with yard.driver.session(YARD, Note("put", "", "demo")) as session:
        session.apply("web", item)
        session.finish()
    return yard.container("web")


OBJECTED: dict[str, tuple[dict[str, Any], str]] = {
    "an option nobody knows": ({"engine": {"frobnicate": 1}}, "frobnicate is not understood"),
    "a word of Swarm's": ({"engine": {"deploy": {"placement": {"constraints": []}}}}, "placement needs a swarm"),
    "a mode of Swarm's": ({"engine": {"deploy": {"mode": "global"}}}, "mode 'global' needs a swarm"),
    "a mount of another type": ({"engine": {"volumes": [{"type": "npipe"}]}}, "mounts of type npipe"),
    "an option of a mount": ({"mounts": {"/d": {"options": {"odd": 1}}}}, "the mount at /d says odd"),
    "an option of a network": ({"networks": {"back": {"options": {"odd": 1}}}}, "networks.back.odd"),
    "two probes": (
        {"probes": {"readiness": {"tcp": 1}, "liveness": {"tcp": 2}}},
        "has readiness and liveness probes",
    ),
    "a config of the target's": ({"config_files": {"/a": {"external": "its"}}}, "this engine keeps no configs"),
    "an owner by name": ({"config_files": {"/a": {"content": "x", "uid": "www"}}}, "has to be a number"),
    "a label of ours": ({"labels": {"uplift.uid": "mine"}}, "which is Uplift's own"),
    "a policy": ({"restart": "sometimes"}, "restart 'sometimes' is not known"),
    "a job without end": ({"kind": "job", "restart": "always"}, "would run a job without end"),
    "a name for several": ({"replicas": 2, "engine": {"container_name": "x"}}, "container_name names one container"),
    "no image": ({"image": ""}, "it has no image"),
    "a wrong value": ({"engine": {"shm_size": ["much"]}}, "shm_size cannot be given to the engine"),
}


@pytest.mark.parametrize("case", OBJECTED)
def test_what_cannot_be_carried_is_objected_to_by_name(case: str) -> None:
    fields, words = OBJECTED[case]
    assert [fault for fault in faults(**fields) if words in fault and fault.startswith("web: ")] != [], faults(**fields)


def test_all_objections_come_at_once() -> None:
    assert len(faults(engine={"frobnicate": 1, "odd": 2}, labels={"uplift.x": "1"}, restart="sometimes")) == 4


def test_an_objection_does_not_tell_a_secret() -> None:
    data = read_part(YARD, "web", part({"S": SECRET}, engine={"oom_score_adj": "${S}"}))[1]
    assert data != ()
    assert [name for name in data if SECRET in name] == []


def test_the_options_of_a_real_file_are_all_known() -> None:
    """The case of the Compose reader that holds every option an engine understands."""
    components = json.loads((CASES / "engine" / "expected.json").read_text())["spec"]["components"]
    for component in components.values():
        data = read_part(YARD, "web", Part(parse_component(component), "", {}, {}))[1]
        assert data == ()


CARRIED: dict[str, tuple[dict[str, Any], str, Any]] = {
    "env": ({"env": {"A": "1", "B": "$$x"}}, "Config.Env", ["A=1", "B=$x", "PATH=/bin:/usr/bin"]),
    "user": ({"user": "1000:1000"}, "Config.User", "1000:1000"),
    "working_dir": ({"working_dir": "/www"}, "Config.WorkingDir", "/www"),
    "entrypoint": ({"entrypoint": ["/bin/serve"]}, "Config.Entrypoint", ["/bin/serve"]),
    "labels": ({"labels": {"a": "b"}}, "Config.Labels.a", "b"),
    "stop signal": ({"stop": {"signal": "SIGINT", "grace": "1m3s"}}, "Config.StopSignal", "SIGINT"),
    "stop grace": ({"stop": {"signal": "SIGKILL", "grace": "1m3s"}}, "Config.StopTimeout", 63),
    "cpu": ({"resources": {"cpu_limit": 0.5}}, "HostConfig.NanoCpus", 500_000_000),
    "memory": ({"resources": {"memory_limit": "64m"}}, "HostConfig.Memory", 64 << 20),
    "processes": ({"resources": {"pids_limit": 40}}, "HostConfig.PidsLimit", 40),
    "restart": (
        {"restart": "on-failure:3"},
        "HostConfig.RestartPolicy",
        {"Name": "on-failure", "MaximumRetryCount": 3},
    ),
    "deploy": (
        {"engine": {"deploy": {"restart_policy": {"condition": "any"}}}},
        "HostConfig.RestartPolicy",
        {"Name": "always", "MaximumRetryCount": 0},
    ),
    "cap_add": ({"engine": {"cap_add": ["NET_ADMIN"]}}, "HostConfig.CapAdd", ["NET_ADMIN"]),
    "ulimits": (
        {"engine": {"ulimits": {"nofile": {"soft": 1000, "hard": 2000}}}},
        "HostConfig.Ulimits",
        [{"Name": "nofile", "Soft": 1000, "Hard": 2000}],
    ),
    "sysctls": (
        {"engine": {"sysctls": {"net.core.somaxconn": "512"}}},
        "HostConfig.Sysctls",
        {"net.core.somaxconn": "512"},
    ),
    "shm_size": ({"engine": {"shm_size": "32m"}}, "HostConfig.ShmSize", 32 << 20),
    "hosts": ({"engine": {"extra_hosts": ["six=::1"]}}, "HostConfig.ExtraHosts", ["six:::1"]),
    "hostname": ({"engine": {"hostname": "w"}}, "Config.Hostname", "w"),
    "init": ({"engine": {"init": True}}, "HostConfig.Init", True),
    "read_only": ({"engine": {"read_only": True}}, "HostConfig.ReadonlyRootfs", True),
    "tmpfs": ({"mounts": {"/t": {"kind": "tmpfs", "size": "1m"}}}, "HostConfig.Tmpfs", {"/t": "size=1048576"}),
    "ports": (
        {"ports": {"8000/tcp": {"127.0.0.1:18999": {}}, "9/udp": {}}},
        "HostConfig.PortBindings",
        {"8000/tcp": [{"HostIp": "127.0.0.1", "HostPort": "18999"}]},
    ),
    "a check": (
        {"probes": {"readiness": {"shell": "true", "interval": "2s", "retries": 7}}},
        "Config.Healthcheck",
        {"Test": ["CMD-SHELL", "true"], "Interval": 2_000_000_000, "Retries": 7},
    ),
    "no check": ({"probes": {"readiness": {"disabled": True}}}, "Config.Healthcheck", {"Test": ["NONE"]}),
    "aliases": (
        {"networks": {"back": {"aliases": ["other"]}}, "engine": {"container_name": "yard-web-1"}},
        "HostConfig.NetworkMode",
        "yard_back",
    ),
    "no network": ({"network_mode": "none"}, "HostConfig.NetworkMode", "none"),
}


@pytest.mark.docker
@pytest.mark.parametrize("case", CARRIED)
def test_a_field_reaches_the_engine(yard: Yard, case: str) -> None:
    fields, path, desired = CARRIED[case]
    current: Any = put(yard, part(**fields))
    for name in path.split("."):
        current = current[name]
    assert (sorted(current) if case == "env" else current) == desired
    assert yard.driver.read(YARD)["web"].digest == part(**fields).digest


@pytest.mark.docker
def test_files_are_put_in_with_owner_and_mode_and_nowhere_else(yard: Yard) -> None:
    item = part(
        {"TOKEN": SECRET},
        config_files={
            "/run/secrets/token": {
                "content": "${TOKEN}",
                "interpolate": True,
                "secret": True,
                "mode": "0400",
                "uid": "101",
                "gid": "102",
            },
            "/etc/deep/er/a.conf": {"content": "price = 5$\n"},
        },
    )
    existing = put(yard, item)
    token, content = _file(yard, existing["Id"], "/run/secrets/token")
    assert (token.uid, token.gid, token.mode & 0o7777, content) == (101, 102, 0o400, SECRET)
    conf, content = _file(yard, existing["Id"], "/etc/deep/er/a.conf")
    assert (conf.uid, conf.mode & 0o7777, content) == (0, 0o444, "price = 5$\n")
    folder, _ = _file(yard, existing["Id"], "/etc/deep")
    assert folder.mode & 0o7777 == 0o755
    shown = json.dumps(
        [existing, yard.api.inspect_image(existing["Image"]), yard.api.top(existing["Id"]), yard.api.volumes()]
    )
    assert SECRET not in shown


def _file(yard: Yard, container: str, path: str) -> tuple[tarfile.TarInfo, str]:
    chunks, _ = yard.api.get_archive(container, path)
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as tar:
        first = tar.getmembers()[0]
        inside = tar.extractfile(first)
        return first, "" if inside is None else inside.read().decode()


@pytest.mark.docker
def test_two_installations_share_nothing(yard: Yard) -> None:
    item = part(mounts={"/data": {"source": "data"}})
    existing = put(yard, item)
    assert [mount["Name"] for mount in existing["Mounts"]] == ["yard_data"]
    assert list(existing["NetworkSettings"]["Networks"]) == ["yard_default"]
    assert "web" in existing["NetworkSettings"]["Networks"]["yard_default"]["Aliases"]


@pytest.mark.docker
def test_nothing_is_left_of_a_component_that_is_removed_but_its_volume(yard: Yard) -> None:
    put(yard, part(mounts={"/data": {"source": "data"}}))
    with yard.driver.session(YARD, Note("remove", "", "demo")) as session:
        session.remove("web")
        session.finish()
    assert yard.ids() == {}
    assert yard.api.networks(names=["yard_default"]) == []
    assert [volume["Name"] for volume in yard.api.volumes(filters={"name": "yard_"})["Volumes"]] == ["yard_data"]
