"""Every field of a container that is its own."""

from typing import Any

import pytest

from tests.apps_app.sources.engine.containers import container, read, read_component


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
    assert read_component(**parts).get(field) == expected


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
