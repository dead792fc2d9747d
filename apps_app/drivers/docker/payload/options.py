"""The options that only an engine understands (`engine` of a component) → the engine's own document.

Each form gets the value and the document that is being made; an option without a form is objected to by its name.
"""

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from apps_app.drivers.docker.api.json_values import flag, items, pairs, size, table, text, texts, whole
from apps_app.drivers.docker.api.models import Tree
from apps_app.drivers.docker.payload import devices

type Form = Callable[[Tree, JsonValue], None]

_ELSEWHERE = frozenset(
    {"container_name", "healthcheck", "pull_policy", "platform", "links", "external_links", "mac_address"}
)
_MEANINGLESS = frozenset({"attach"})
_NEWER = {"annotations": (1, 43)}


def carry(engine: Mapping[str, JsonValue], config: Tree, host: Tree) -> tuple[str, ...]:
    """Puts every option into the container's documents, and says which it could not, one sentence each."""
    faults: list[str] = []
    for name in sorted(engine):
        if name in _ELSEWHERE or name in _MEANINGLESS or name.startswith("x-"):
            continue
        form, document = (_CONFIG[name], config) if name in _CONFIG else (_HOST.get(name), host)
        if form is None:
            faults.append(f"{name} is not understood by a Docker Engine")
            continue
        try:
            form(document, engine[name])
        except (ValueError, KeyError) as error:
            faults.append(f"{name} cannot be given to the engine: {error}")
    return tuple(faults)


def too_new(engine: Mapping[str, JsonValue], api: tuple[int, int]) -> tuple[str, ...]:
    """The options that this engine is too old for."""
    return tuple(
        f"{name} needs an engine with API {desired[0]}.{desired[1]}; this one has {api[0]}.{api[1]}"
        for name, desired in _NEWER.items()
        if name in engine and api < desired
    )


def _as(field: str, read: Callable[[JsonValue], JsonValue]) -> Form:
    def put(document: Tree, value: JsonValue) -> None:
        document[field] = read(value)

    return put


def _pairs_of(value: JsonValue) -> JsonValue:
    return pairs(value)


def _hosts(value: JsonValue) -> JsonValue:
    """`name=address` for each, an address of version 6 without its brackets."""
    if isinstance(value, list):
        split = [_host_entry(text(item)) for item in value]
    else:
        split = [
            (name, text(item))
            for name, addresses in table(value).items()
            for item in (addresses if isinstance(addresses, list) else [addresses])
        ]
    return [f"{name}:{address.strip('[]')}" for name, address in split]


def _host_entry(entry: str) -> tuple[str, str]:
    separator = "=" if "=" in entry else ":"
    name, _, address = entry.partition(separator)
    return name, address


def _ulimits(value: JsonValue) -> JsonValue:
    result: list[JsonValue] = []
    for name, limit in sorted(table(value).items()):
        soft, hard = (limit["soft"], limit["hard"]) if isinstance(limit, dict) else (limit, limit)
        result.append({"Name": name, "Soft": whole(soft), "Hard": whole(hard)})
    return result


def _logging(value: JsonValue) -> JsonValue:
    data = table(value)
    if unknown := sorted(data.keys() - {"driver", "options"}):
        raise ValueError(f"'{unknown[0]}' is not known")
    return {"Type": text(data.get("driver") or "json-file"), "Config": pairs(data.get("options") or {})}


def _security(value: JsonValue) -> JsonValue:
    """`label:disable` in the engine's own spelling, `label=disable`."""
    names = [text(item) for item in texts(value)]
    if any(name.startswith("seccomp") and "unconfined" not in name for name in names):
        raise ValueError("a seccomp profile is a file of the host, which is not carried; use seccomp:unconfined")
    return [name if "=" in name or ":" not in name else name.replace(":", "=", 1) for name in names]


def _deploy(host: Tree, value: JsonValue) -> None:
    """Of Swarm's words only the restart policy means something to one engine."""
    data = dict(table(value))
    mode = data.pop("mode", "replicated")
    if mode != "replicated":
        raise ValueError(f"mode '{mode}' needs a swarm")
    policy = table(data.pop("restart_policy", None) or {})
    if data:
        raise ValueError(f"{', '.join(sorted(data))} needs a swarm; take it out of the component")
    if unknown := sorted(policy.keys() - {"condition", "max_attempts"}):
        raise ValueError(f"restart_policy.{unknown[0]} needs a swarm; take it out of the component")
    if policy and "RestartPolicy" not in host:
        names = {"none": "no", "on-failure": "on-failure", "any": "always"}
        name = names[text(policy.get("condition") or "any")]
        count = whole(policy.get("max_attempts") or 0) if name == "on-failure" else 0
        host["RestartPolicy"] = {"Name": name, "MaximumRetryCount": count}


def _gpus(host: Tree, value: JsonValue) -> None:
    devices.request(host, [{"capabilities": ["gpu"], "count": "all"}] if value == "all" else value)


def _volumes(host: Tree, value: JsonValue) -> None:
    kinds = sorted({text(item.get("type") or "") for item in items(value)})
    raise ValueError(f"mounts of type {', '.join(kinds)} are not carried")


_CONFIG: dict[str, Form] = {
    "hostname": _as("Hostname", text),
    "domainname": _as("Domainname", text),
    "tty": _as("Tty", flag),
    "stdin_open": _as("OpenStdin", flag),
}

_HOST: dict[str, Form] = {
    "annotations": _as("Annotations", _pairs_of),
    "blkio_config": devices.block_io,
    "cap_add": _as("CapAdd", texts),
    "cap_drop": _as("CapDrop", texts),
    "cgroup": _as("CgroupnsMode", text),
    "cgroup_parent": _as("CgroupParent", text),
    "cpu_count": _as("CpuCount", whole),
    "cpu_percent": _as("CpuPercent", whole),
    "cpu_period": _as("CpuPeriod", whole),
    "cpu_quota": _as("CpuQuota", whole),
    "cpu_rt_period": _as("CpuRealtimePeriod", whole),
    "cpu_rt_runtime": _as("CpuRealtimeRuntime", whole),
    "cpu_shares": _as("CpuShares", whole),
    "cpuset": _as("CpusetCpus", text),
    "deploy": _deploy,
    "device_cgroup_rules": _as("DeviceCgroupRules", texts),
    "devices": _as("Devices", devices.mapped),
    "dns": _as("Dns", texts),
    "dns_opt": _as("DnsOptions", texts),
    "dns_search": _as("DnsSearch", texts),
    "extra_hosts": _as("ExtraHosts", _hosts),
    "gpus": _gpus,
    "group_add": _as("GroupAdd", texts),
    "init": _as("Init", flag),
    "ipc": _as("IpcMode", text),
    "isolation": _as("Isolation", text),
    "logging": _as("LogConfig", _logging),
    "mem_swappiness": _as("MemorySwappiness", whole),
    "memswap_limit": _as("MemorySwap", size),
    "oom_kill_disable": _as("OomKillDisable", flag),
    "oom_score_adj": _as("OomScoreAdj", whole),
    "pid": _as("PidMode", text),
    "privileged": _as("Privileged", flag),
    "read_only": _as("ReadonlyRootfs", flag),
    "runtime": _as("Runtime", text),
    "security_opt": _as("SecurityOpt", _security),
    "shm_size": _as("ShmSize", size),
    "storage_opt": _as("StorageOpt", _pairs_of),
    "sysctls": _as("Sysctls", _pairs_of),
    "ulimits": _as("Ulimits", _ulimits),
    "userns_mode": _as("UsernsMode", text),
    "uts": _as("UTSMode", text),
    "volumes": _volumes,
    "volumes_from": _as("VolumesFrom", texts),
}
