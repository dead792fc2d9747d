"""Limits and options of the engine, without what is its default."""

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from apps_app.formats.docker_inspect.inspect_document import Container, Tree, at, number, rows, table, words
from templates_app.appspec.interpolation.syntax import literal

type Read = Callable[[JsonValue], JsonValue]

_USUAL_SHM = 64 * 1024 * 1024


def resources(container: Container) -> Tree:
    """What a container may use, as the document says it."""
    host = container.host
    tree: Tree = {
        "cpu_limit": number(host.get("NanoCpus")) / 1e9,
        "memory_limit": number(host.get("Memory")),
        "memory_reservation": number(host.get("MemoryReservation")),
        "pids_limit": max(number(host.get("PidsLimit")), 0),
    }
    if requests := [_request(table(request)) for request in rows(host.get("DeviceRequests"))]:
        tree["devices"] = requests
    return {name: value for name, value in tree.items() if value}


def restart(container: Container) -> str:
    policy = table(container.host.get("RestartPolicy"))
    name, count = str(policy.get("Name") or "no"), number(policy.get("MaximumRetryCount"))
    return "" if name == "no" else f"{name}:{count}" if count else name


def options(container: Container, engine: Tree) -> Tree:
    """What only the engine understands, by Compose's names."""
    tree: Tree = {}
    for name, (field, read, usual) in _PLAIN.items():
        value = container.host.get(field)
        if value not in (None, "", 0, False, [], {}) and value not in usual:
            tree[name] = read(value)
    tree |= _memory_swap(container) | _cgroup(container, engine) | _logging(container, engine) | _block_io(container)
    if (runtime := container.host.get("Runtime")) and runtime not in ("runc", engine.get("DefaultRuntime")):
        tree["runtime"] = runtime
    if isinstance(container.host.get("Init"), bool):
        tree["init"] = container.host["Init"]
    return tree | _config(container)


def _config(container: Container) -> Tree:
    config = container.config
    tree: Tree = {name: True for name, field in (("tty", "Tty"), ("stdin_open", "OpenStdin")) if config.get(field)}
    mode = str(container.host.get("NetworkMode") or "")
    shares = mode == "host" or mode.startswith("container:")
    if (hostname := str(config.get("Hostname") or "")) and hostname != container.id[:12] and not shares:
        tree["hostname"] = literal(hostname)
    tree |= {"domainname": literal(str(config["Domainname"]))} if config.get("Domainname") else {}
    return tree | ({"mac_address": str(config["MacAddress"])} if config.get("MacAddress") else {})


def _same(value: JsonValue) -> JsonValue:
    return value


def _texts(value: JsonValue) -> JsonValue:
    return [literal(word) for word in words(value)]


def _pairs(value: JsonValue) -> JsonValue:
    return {name: literal(str(text)) for name, text in table(value).items()}


def _hosts(value: JsonValue) -> JsonValue:
    return [literal("=".join(word.split(":", 1))) for word in words(value)]


def _ulimits(value: JsonValue) -> JsonValue:
    limits = {str(table(row).get("Name")): (table(row).get("Soft"), table(row).get("Hard")) for row in rows(value)}
    return {name: soft if soft == hard else {"soft": soft, "hard": hard} for name, (soft, hard) in limits.items()}


def _devices(value: JsonValue) -> JsonValue:
    result: list[JsonValue] = []
    for tree in map(table, rows(value)):
        host, inside = str(tree.get("PathOnHost")), str(tree.get("PathInContainer"))
        allowed = str(tree.get("CgroupPermissions") or "rwm")
        result.append(f"{host}:{inside}" + ("" if allowed == "rwm" else f":{allowed}"))
    return result


_PLAIN: Mapping[str, tuple[str, Read, tuple[JsonValue, ...]]] = {
    "annotations": ("Annotations", _pairs, ()),
    "cap_add": ("CapAdd", _texts, ()),
    "cap_drop": ("CapDrop", _texts, ()),
    "cgroup_parent": ("CgroupParent", _same, ()),
    "cpu_count": ("CpuCount", _same, ()),
    "cpu_percent": ("CpuPercent", _same, ()),
    "cpu_period": ("CpuPeriod", _same, ()),
    "cpu_quota": ("CpuQuota", _same, ()),
    "cpu_rt_period": ("CpuRealtimePeriod", _same, ()),
    "cpu_rt_runtime": ("CpuRealtimeRuntime", _same, ()),
    "cpu_shares": ("CpuShares", _same, ()),
    "cpuset": ("CpusetCpus", _same, ()),
    "device_cgroup_rules": ("DeviceCgroupRules", _texts, ()),
    "devices": ("Devices", _devices, ()),
    "dns": ("Dns", _texts, ()),
    "dns_opt": ("DnsOptions", _texts, ()),
    "dns_search": ("DnsSearch", _texts, ()),
    "extra_hosts": ("ExtraHosts", _hosts, ()),
    "group_add": ("GroupAdd", _texts, ()),
    "isolation": ("Isolation", _same, ("default",)),
    "mem_swappiness": ("MemorySwappiness", _same, (-1,)),
    "oom_kill_disable": ("OomKillDisable", _same, ()),
    "oom_score_adj": ("OomScoreAdj", _same, ()),
    "privileged": ("Privileged", _same, ()),
    "read_only": ("ReadonlyRootfs", _same, ()),
    "security_opt": ("SecurityOpt", _texts, ()),
    "shm_size": ("ShmSize", _same, (_USUAL_SHM,)),
    "storage_opt": ("StorageOpt", _pairs, ()),
    "sysctls": ("Sysctls", _pairs, ()),
    "ulimits": ("Ulimits", _ulimits, ()),
    "userns_mode": ("UsernsMode", _same, ()),
    "uts": ("UTSMode", _same, ()),
}


def _memory_swap(container: Container) -> Tree:
    """The engine gives twice the memory by itself."""
    memory, swap = number(container.host.get("Memory")), number(container.host.get("MemorySwap"))
    return {"memswap_limit": swap} if swap and swap != 2 * memory else {}


def _cgroup(container: Container, engine: Tree) -> Tree:
    usual = "host" if str(engine.get("CgroupVersion")) == "1" else "private"
    mode = container.host.get("CgroupnsMode")
    return {"cgroup": mode} if mode and mode != usual else {}


def _logging(container: Container, engine: Tree) -> Tree:
    tree = table(container.host.get("LogConfig"))
    usual = str(engine.get("LoggingDriver") or "json-file")
    kind, config = str(tree.get("Type") or usual), table(tree.get("Config"))
    if kind == usual and not config:
        return {}
    return {"logging": {"driver": kind, **({"options": _pairs(config)} if config else {})}}


_RATES = {
    "device_read_bps": "BlkioDeviceReadBps",
    "device_read_iops": "BlkioDeviceReadIOps",
    "device_write_bps": "BlkioDeviceWriteBps",
    "device_write_iops": "BlkioDeviceWriteIOps",
}


def _block_io(container: Container) -> Tree:
    tree: Tree = {"weight": container.host["BlkioWeight"]} if container.host.get("BlkioWeight") else {}
    if weights := rows(container.host.get("BlkioWeightDevice")):
        tree["weight_device"] = [{"path": at(row, "Path"), "weight": at(row, "Weight")} for row in weights]
    for name, field in _RATES.items():
        if rates := rows(container.host.get(field)):
            tree[name] = [{"path": at(row, "Path"), "rate": at(row, "Rate")} for row in rates]
    return {"blkio_config": tree} if tree else {}


def _request(tree: Tree) -> JsonValue:
    capabilities = rows(tree.get("Capabilities"))
    result: Tree = {"capabilities": list[JsonValue](words(capabilities[0]) if capabilities else [])}
    if ids := words(tree.get("DeviceIDs")):
        result["device_ids"] = list[JsonValue](ids)
    elif count := number(tree.get("Count")):
        result["count"] = "all" if count == -1 else count
    result |= {"driver": tree["Driver"]} if tree.get("Driver") else {}
    return result | ({"options": _pairs(tree["Options"])} if tree.get("Options") else {})
