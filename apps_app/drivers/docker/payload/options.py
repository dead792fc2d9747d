"""Options that only a Docker Engine supports (`engine` of a component).

Each setter writes one option into the container's configuration; an option without a setter is an issue.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from pydantic import JsonValue

from apps_app.drivers.docker.api.json_values import (
    parse_bool,
    parse_bytes,
    parse_integer,
    parse_mapping,
    parse_mapping_list,
    parse_pairs,
    parse_text,
    parse_text_list,
)
from apps_app.drivers.docker.api.models import InspectTree
from apps_app.drivers.docker.payload.container_draft import ContainerDraft
from apps_app.drivers.issues import IssueCode, PreflightIssue

_RATES = {
    "device_read_bps": "BlkioDeviceReadBps",
    "device_read_iops": "BlkioDeviceReadIOps",
    "device_write_bps": "BlkioDeviceWriteBps",
    "device_write_iops": "BlkioDeviceWriteIOps",
}


def build_device_mappings(value: JsonValue) -> JsonValue:
    """Return the device mappings of `HOST[:CONTAINER[:PERMISSIONS]]` entries or of the long syntax."""
    result: list[JsonValue] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            host, inside, allowed = parse_text(item["source"]), item.get("target"), item.get("permissions")
        else:
            host, inside, allowed = [*parse_text(item).split(":"), "", ""][:3]
        result.append(
            {
                "PathOnHost": str(host),
                "PathInContainer": str(inside or host),
                "CgroupPermissions": str(allowed or "rwm"),
            }
        )
    return result


def set_device_requests(host: InspectTree, value: JsonValue) -> None:
    """Request devices by capability, such as GPUs."""
    result: list[JsonValue] = []
    for item in parse_mapping_list(value):
        count = item.get("count", -1 if "device_ids" not in item else 0)
        result.append(
            {
                "Driver": parse_text(item.get("driver") or ""),
                "Count": -1 if count == "all" else parse_integer(count),
                "DeviceIDs": parse_text_list(item.get("device_ids") or []),
                "Capabilities": [parse_text_list(item.get("capabilities") or ["gpu"])],
                "Options": parse_pairs(item.get("options") or {}),
            }
        )
    host["DeviceRequests"] = result


def set_block_io(host: InspectTree, value: JsonValue) -> None:
    """Set block I/O weights and the rates of single devices."""
    data = parse_mapping(value)
    if unknown := sorted(data.keys() - _RATES.keys() - {"weight", "weight_device"}):
        raise ValueError(f"{unknown[0]} is not a known key")
    if "weight" in data:
        host["BlkioWeight"] = parse_integer(data["weight"])
    if "weight_device" in data:
        host["BlkioWeightDevice"] = [
            {"Path": parse_text(item["path"]), "Weight": parse_integer(item["weight"])}
            for item in parse_mapping_list(data["weight_device"])
        ]
    for name, field in _RATES.items():
        if name in data:
            host[field] = [
                {"Path": parse_text(item["path"]), "Rate": parse_bytes(item["rate"])}
                for item in parse_mapping_list(data[name])
            ]


type OptionSetter = Callable[[InspectTree, JsonValue], None]

_HANDLED_ELSEWHERE = frozenset(
    {"container_name", "healthcheck", "pull_policy", "platform", "links", "external_links", "mac_address"}
)
_IGNORED = frozenset({"attach"})
_MINIMUM_API = {"annotations": (1, 43)}


def apply_options(draft: ContainerDraft) -> None:
    """Write every option into the container's documents, or record an issue."""
    for name, value in sorted(draft.component.engine.items()):
        if name in _HANDLED_ELSEWHERE or name in _IGNORED or name.startswith("x-"):
            continue
        if name in _CONFIG_OPTIONS:
            draft.try_read(name, partial(_CONFIG_OPTIONS[name], draft.config, value), None)
        elif name in _HOST_OPTIONS:
            draft.try_read(name, partial(_HOST_OPTIONS[name], draft.host, value), None)
        else:
            draft.add_issue(IssueCode.UNSUPPORTED_FIELD, name)


def check_api_version(key: str, engine: Mapping[str, JsonValue], api: tuple[int, int]) -> Iterator[PreflightIssue]:
    """Yield an issue for each option that requires a newer engine. `api` is the engine's API version."""
    for name, required in _MINIMUM_API.items():
        if name in engine and api < required:
            params = {"required": f"{required[0]}.{required[1]}", "actual": f"{api[0]}.{api[1]}"}
            yield PreflightIssue(IssueCode.UNSUPPORTED_BY_VERSION, component=key, resource=name, params=params)


def _set_field(field: str, read: Callable[[JsonValue], JsonValue]) -> OptionSetter:
    def set_value(document: InspectTree, value: JsonValue) -> None:
        document[field] = read(value)

    return set_value


def _read_pairs(value: JsonValue) -> JsonValue:
    return parse_pairs(value)


def _parse_hosts(value: JsonValue) -> JsonValue:
    """Return `name:address` for each host; IPv6 addresses without brackets."""
    if isinstance(value, list):
        split = [_split_host_entry(parse_text(item)) for item in value]
    else:
        split = [
            (name, parse_text(item))
            for name, addresses in parse_mapping(value).items()
            for item in (addresses if isinstance(addresses, list) else [addresses])
        ]
    return [f"{name}:{address.strip('[]')}" for name, address in split]


def _split_host_entry(entry: str) -> tuple[str, str]:
    separator = "=" if "=" in entry else ":"
    name, _, address = entry.partition(separator)
    return name, address


def _parse_ulimits(value: JsonValue) -> JsonValue:
    result: list[JsonValue] = []
    for name, limit in sorted(parse_mapping(value).items()):
        soft, hard = (limit["soft"], limit["hard"]) if isinstance(limit, dict) else (limit, limit)
        result.append({"Name": name, "Soft": parse_integer(soft), "Hard": parse_integer(hard)})
    return result


def _parse_logging(value: JsonValue) -> JsonValue:
    data = parse_mapping(value)
    if unknown := sorted(data.keys() - {"driver", "options"}):
        raise ValueError(f"{unknown[0]} is not a known key")
    return {"Type": parse_text(data.get("driver") or "json-file"), "Config": parse_pairs(data.get("options") or {})}


def _parse_security(value: JsonValue) -> JsonValue:
    """Return the options in the engine's spelling: `label:disable` becomes `label=disable`."""
    names = [parse_text(item) for item in parse_text_list(value)]
    if any(name.startswith("seccomp") and "unconfined" not in name for name in names):
        raise ValueError("seccomp profiles are files on the host and are not supported; use seccomp:unconfined")
    return [name if "=" in name or ":" not in name else name.replace(":", "=", 1) for name in names]


def _set_deploy(host: InspectTree, value: JsonValue) -> None:
    """Set the restart policy, the only Swarm option that a single engine supports."""
    data = dict(parse_mapping(value))
    mode = data.pop("mode", "replicated")
    if mode != "replicated":
        raise ValueError(f"mode {mode} requires Docker Swarm")
    policy = parse_mapping(data.pop("restart_policy", None) or {})
    if data:
        raise ValueError(f"{', '.join(sorted(data))} requires Docker Swarm; remove it from the component")
    if unknown := sorted(policy.keys() - {"condition", "max_attempts"}):
        raise ValueError(f"restart_policy.{unknown[0]} requires Docker Swarm; remove it from the component")
    if policy and "RestartPolicy" not in host:
        names = {"none": "no", "on-failure": "on-failure", "any": "always"}
        name = names[parse_text(policy.get("condition") or "any")]
        count = parse_integer(policy.get("max_attempts") or 0) if name == "on-failure" else 0
        host["RestartPolicy"] = {"Name": name, "MaximumRetryCount": count}


def _set_gpus(host: InspectTree, value: JsonValue) -> None:
    set_device_requests(host, [{"capabilities": ["gpu"], "count": "all"}] if value == "all" else value)


def _reject_volumes(host: InspectTree, value: JsonValue) -> None:
    kinds = sorted({parse_text(item.get("type") or "") for item in parse_mapping_list(value)})
    raise ValueError(f"mounts of type {', '.join(kinds)} are not supported")


_CONFIG_OPTIONS: dict[str, OptionSetter] = {
    "hostname": _set_field("Hostname", parse_text),
    "domainname": _set_field("Domainname", parse_text),
    "tty": _set_field("Tty", parse_bool),
    "stdin_open": _set_field("OpenStdin", parse_bool),
}

_HOST_OPTIONS: dict[str, OptionSetter] = {
    "annotations": _set_field("Annotations", _read_pairs),
    "blkio_config": set_block_io,
    "cap_add": _set_field("CapAdd", parse_text_list),
    "cap_drop": _set_field("CapDrop", parse_text_list),
    "cgroup": _set_field("CgroupnsMode", parse_text),
    "cgroup_parent": _set_field("CgroupParent", parse_text),
    "cpu_count": _set_field("CpuCount", parse_integer),
    "cpu_percent": _set_field("CpuPercent", parse_integer),
    "cpu_period": _set_field("CpuPeriod", parse_integer),
    "cpu_quota": _set_field("CpuQuota", parse_integer),
    "cpu_rt_period": _set_field("CpuRealtimePeriod", parse_integer),
    "cpu_rt_runtime": _set_field("CpuRealtimeRuntime", parse_integer),
    "cpu_shares": _set_field("CpuShares", parse_integer),
    "cpuset": _set_field("CpusetCpus", parse_text),
    "deploy": _set_deploy,
    "device_cgroup_rules": _set_field("DeviceCgroupRules", parse_text_list),
    "devices": _set_field("Devices", build_device_mappings),
    "dns": _set_field("Dns", parse_text_list),
    "dns_opt": _set_field("DnsOptions", parse_text_list),
    "dns_search": _set_field("DnsSearch", parse_text_list),
    "extra_hosts": _set_field("ExtraHosts", _parse_hosts),
    "gpus": _set_gpus,
    "group_add": _set_field("GroupAdd", parse_text_list),
    "init": _set_field("Init", parse_bool),
    "ipc": _set_field("IpcMode", parse_text),
    "isolation": _set_field("Isolation", parse_text),
    "logging": _set_field("LogConfig", _parse_logging),
    "mem_swappiness": _set_field("MemorySwappiness", parse_integer),
    "memswap_limit": _set_field("MemorySwap", parse_bytes),
    "oom_kill_disable": _set_field("OomKillDisable", parse_bool),
    "oom_score_adj": _set_field("OomScoreAdj", parse_integer),
    "pid": _set_field("PidMode", parse_text),
    "privileged": _set_field("Privileged", parse_bool),
    "read_only": _set_field("ReadonlyRootfs", parse_bool),
    "runtime": _set_field("Runtime", parse_text),
    "security_opt": _set_field("SecurityOpt", _parse_security),
    "shm_size": _set_field("ShmSize", parse_bytes),
    "storage_opt": _set_field("StorageOpt", _read_pairs),
    "sysctls": _set_field("Sysctls", _read_pairs),
    "ulimits": _set_field("Ulimits", _parse_ulimits),
    "userns_mode": _set_field("UsernsMode", parse_text),
    "uts": _set_field("UTSMode", parse_text),
    "volumes": _reject_volumes,
    "volumes_from": _set_field("VolumesFrom", parse_text_list),
}
