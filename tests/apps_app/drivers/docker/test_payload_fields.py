"""Every field reaches the engine, or is reported as an issue by its name."""

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps_app.drivers.base import ComponentPart, OperationNote
from apps_app.drivers.docker.payload.builder import read_part
from apps_app.drivers.issues import IssueCode, PreflightIssue
from apps_app.presenters.preflight_messages import describe_issue
from templates_app.appspec.schema.model import Network, Volume
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import compute_digest
from tests.apps_app.drivers.docker.support import engines
from tests.apps_app.drivers.docker.support.docker_app import APP, GATE, DockerApp

CASES = Path(__file__).parents[2] / "sources" / "cases"
SECRET = "kept-from-everyone"


def part(secrets: dict[str, str] | None = None, **fields: Any) -> ComponentPart:
    component = parse_component({"image": "local/uplift-web:1", "stop": {"grace": "1s"}, "health_gate": GATE, **fields})
    volumes = {mount.source: Volume() for mount in component.mounts.values() if mount.kind == "volume" and mount.source}
    networks = {name: Network() for name in component.networks}
    return ComponentPart(component, compute_digest(component.model_dump(mode="json")), volumes, networks, secrets or {})


def list_issues(**fields: Any) -> list[PreflightIssue]:
    return list(read_part(APP, "web", part(**fields))[1])


@pytest.fixture
def docker_app() -> Iterator[DockerApp]:
    docker_app = DockerApp(engines.address())
    docker_app.clear()
    yield docker_app
    docker_app.clear()


def apply_parts(docker_app: DockerApp, item: ComponentPart) -> dict[str, Any]:
    with docker_app.driver.session(APP, OperationNote("put", "", "demo")) as session:
        session.apply("web", item)
        session.finish()
    return docker_app.container("web")


ISSUES: dict[str, tuple[dict[str, Any], IssueCode, str]] = {
    "an unknown option": ({"engine": {"frobnicate": 1}}, IssueCode.UNSUPPORTED_FIELD, "frobnicate"),
    "a Swarm option": (
        {"engine": {"deploy": {"placement": {"constraints": []}}}},
        IssueCode.INVALID_FIELD,
        "placement requires Docker Swarm",
    ),
    "a Swarm mode": ({"engine": {"deploy": {"mode": "global"}}}, IssueCode.INVALID_FIELD, "mode global requires"),
    "a mount of another type": (
        {"engine": {"volumes": [{"type": "npipe"}]}},
        IssueCode.INVALID_FIELD,
        "mounts of type npipe",
    ),
    "an option of a mount": ({"mounts": {"/d": {"options": {"odd": 1}}}}, IssueCode.UNSUPPORTED_FIELD, "mounts./d.odd"),
    "an option of a network": (
        {"networks": {"back": {"options": {"odd": 1}}}},
        IssueCode.UNSUPPORTED_FIELD,
        "networks.back.odd",
    ),
    "two probes": (
        {"probes": {"readiness": {"tcp": 1}, "liveness": {"tcp": 2}}},
        IssueCode.MULTIPLE_PROBES,
        "readiness and liveness",
    ),
    "an external config": ({"config_files": {"/a": {"external": "its"}}}, IssueCode.CONFIG_FILE_EXTERNAL, "/a"),
    "an owner by name": (
        {"config_files": {"/a": {"content": "x", "uid": "www"}}},
        IssueCode.CONFIG_FILE_OWNER,
        "numeric",
    ),
    "a reserved label": ({"labels": {"uplift.uid": "mine"}}, IssueCode.RESERVED_LABEL, "uplift.uid"),
    "a restart policy": ({"restart": "sometimes"}, IssueCode.UNSUPPORTED_VALUE, "sometimes"),
    "a job without end": ({"kind": "job", "restart": "always"}, IssueCode.RESTART_NEVER_ENDS, "always"),
    "a name for several replicas": (
        {"replicas": 2, "engine": {"container_name": "x"}},
        IssueCode.CONTAINER_NAME_REPLICAS,
        "only one replica",
    ),
    "no image": ({"image": ""}, IssueCode.IMAGE_NOT_SET, "No image is set"),
    "a wrong value": ({"engine": {"shm_size": ["much"]}}, IssueCode.INVALID_FIELD, "shm_size is invalid"),
}


@pytest.mark.parametrize("case", ISSUES)
def test_unsupported_values_are_reported_by_name(case: str) -> None:
    fields, code, text = ISSUES[case]
    issues = [issue for issue in list_issues(**fields) if issue.code is code and issue.component == "web"]
    assert [issue for issue in issues if text in describe_issue(issue)] != [], list_issues(**fields)


def test_all_issues_are_reported_at_once() -> None:
    assert len(list_issues(engine={"frobnicate": 1, "odd": 2}, labels={"uplift.x": "1"}, restart="sometimes")) == 4


@pytest.mark.parametrize("engine", [{"oom_score_adj": "${S}"}, {"healthcheck": {"interval": "${S}"}}])
def test_an_issue_does_not_contain_a_secret(engine: dict[str, Any]) -> None:
    issues = read_part(APP, "web", part({"S": SECRET}, engine=engine))[1]
    assert issues != ()
    assert [issue for issue in issues if SECRET in repr(issue)] == []


def test_all_engine_options_are_supported() -> None:
    """The case of the Compose reader that holds every option an engine understands."""
    components = json.loads((CASES / "engine" / "expected.json").read_text())["spec"]["components"]
    for component in components.values():
        issues = read_part(APP, "web", ComponentPart(parse_component(component), "", {}, {}))[1]
        assert issues == ()


FIELDS: dict[str, tuple[dict[str, Any], str, Any]] = {
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
@pytest.mark.parametrize("case", FIELDS)
def test_a_field_reaches_the_engine(docker_app: DockerApp, case: str) -> None:
    fields, path, desired = FIELDS[case]
    current: Any = apply_parts(docker_app, part(**fields))
    for name in path.split("."):
        current = current[name]
    assert (sorted(current) if case == "env" else current) == desired
    assert docker_app.driver.read(APP)["web"].digest == part(**fields).digest


@pytest.mark.docker
def test_files_are_injected_with_owner_and_mode_only(docker_app: DockerApp) -> None:
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
    existing = apply_parts(docker_app, item)
    token, content = _file(docker_app, existing["Id"], "/run/secrets/token")
    assert (token.uid, token.gid, token.mode & 0o7777, content) == (101, 102, 0o400, SECRET)
    conf, content = _file(docker_app, existing["Id"], "/etc/deep/er/a.conf")
    assert (conf.uid, conf.mode & 0o7777, content) == (0, 0o444, "price = 5$\n")
    folder, _ = _file(docker_app, existing["Id"], "/etc/deep")
    assert folder.mode & 0o7777 == 0o755
    shown = json.dumps(
        [
            existing,
            docker_app.api.inspect_image(existing["Image"]),
            docker_app.api.top(existing["Id"]),
            docker_app.api.volumes(),
        ]
    )
    assert SECRET not in shown


def _file(docker_app: DockerApp, container: str, path: str) -> tuple[tarfile.TarInfo, str]:
    chunks, _ = docker_app.api.get_archive(container, path)
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as tar:
        first = tar.getmembers()[0]
        inside = tar.extractfile(first)
        return first, "" if inside is None else inside.read().decode()


@pytest.mark.docker
def test_resources_are_named_after_the_application(docker_app: DockerApp) -> None:
    item = part(mounts={"/data": {"source": "data"}})
    existing = apply_parts(docker_app, item)
    assert [mount["Name"] for mount in existing["Mounts"]] == ["yard_data"]
    assert list(existing["NetworkSettings"]["Networks"]) == ["yard_default"]
    assert "web" in existing["NetworkSettings"]["Networks"]["yard_default"]["Aliases"]


@pytest.mark.docker
def test_removed_component_leaves_only_its_volume(docker_app: DockerApp) -> None:
    apply_parts(docker_app, part(mounts={"/data": {"source": "data"}}))
    with docker_app.driver.session(APP, OperationNote("remove", "", "demo")) as session:
        session.remove("web")
        session.finish()
    assert docker_app.ids() == {}
    assert docker_app.api.networks(names=["yard_default"]) == []
    assert [volume["Name"] for volume in docker_app.api.volumes(filters={"name": "yard_"})["Volumes"]] == ["yard_data"]
