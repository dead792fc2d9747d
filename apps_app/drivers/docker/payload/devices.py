"""Devices and the limits of block devices, in the engine's own words."""

from pydantic import JsonValue

from apps_app.drivers.docker.api.json_values import items, pairs, size, table, text, texts, whole
from apps_app.drivers.docker.api.models import Tree

_RATES = {
    "device_read_bps": "BlkioDeviceReadBps",
    "device_read_iops": "BlkioDeviceReadIOps",
    "device_write_bps": "BlkioDeviceWriteBps",
    "device_write_iops": "BlkioDeviceWriteIOps",
}


def mapped(value: JsonValue) -> JsonValue:
    """`HOST[:CONTAINER[:PERMISSIONS]]` for each."""
    found: list[JsonValue] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            host, inside, allowed = text(one["source"]), one.get("target"), one.get("permissions")
        else:
            host, inside, allowed = [*text(one).split(":"), "", ""][:3]
        found.append(
            {
                "PathOnHost": str(host),
                "PathInContainer": str(inside or host),
                "CgroupPermissions": str(allowed or "rwm"),
            }
        )
    return found


def request(host: Tree, value: JsonValue) -> None:
    """Devices by what they can do, such as GPUs."""
    found: list[JsonValue] = []
    for one in items(value):
        count = one.get("count", -1 if "device_ids" not in one else 0)
        found.append(
            {
                "Driver": text(one.get("driver") or ""),
                "Count": -1 if count == "all" else whole(count),
                "DeviceIDs": texts(one.get("device_ids") or []),
                "Capabilities": [texts(one.get("capabilities") or ["gpu"])],
                "Options": pairs(one.get("options") or {}),
            }
        )
    host["DeviceRequests"] = found


def block_io(host: Tree, value: JsonValue) -> None:
    """Weights, and rates of single devices."""
    said = table(value)
    if unknown := sorted(said.keys() - _RATES.keys() - {"weight", "weight_device"}):
        raise ValueError(f"'{unknown[0]}' is not known")
    if "weight" in said:
        host["BlkioWeight"] = whole(said["weight"])
    if "weight_device" in said:
        host["BlkioWeightDevice"] = [
            {"Path": text(one["path"]), "Weight": whole(one["weight"])} for one in items(said["weight_device"])
        ]
    for name, field in _RATES.items():
        if name in said:
            host[field] = [{"Path": text(one["path"]), "Rate": size(one["rate"])} for one in items(said[name])]
