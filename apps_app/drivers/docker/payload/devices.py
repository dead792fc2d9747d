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
    result: list[JsonValue] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            host, inside, allowed = text(item["source"]), item.get("target"), item.get("permissions")
        else:
            host, inside, allowed = [*text(item).split(":"), "", ""][:3]
        result.append(
            {
                "PathOnHost": str(host),
                "PathInContainer": str(inside or host),
                "CgroupPermissions": str(allowed or "rwm"),
            }
        )
    return result


def request(host: Tree, value: JsonValue) -> None:
    """Devices by what they can do, such as GPUs."""
    result: list[JsonValue] = []
    for item in items(value):
        count = item.get("count", -1 if "device_ids" not in item else 0)
        result.append(
            {
                "Driver": text(item.get("driver") or ""),
                "Count": -1 if count == "all" else whole(count),
                "DeviceIDs": texts(item.get("device_ids") or []),
                "Capabilities": [texts(item.get("capabilities") or ["gpu"])],
                "Options": pairs(item.get("options") or {}),
            }
        )
    host["DeviceRequests"] = result


def block_io(host: Tree, value: JsonValue) -> None:
    """Weights, and rates of single devices."""
    data = table(value)
    if unknown := sorted(data.keys() - _RATES.keys() - {"weight", "weight_device"}):
        raise ValueError(f"'{unknown[0]}' is not known")
    if "weight" in data:
        host["BlkioWeight"] = whole(data["weight"])
    if "weight_device" in data:
        host["BlkioWeightDevice"] = [
            {"Path": text(item["path"]), "Weight": whole(item["weight"])} for item in items(data["weight_device"])
        ]
    for name, field in _RATES.items():
        if name in data:
            host[field] = [{"Path": text(item["path"]), "Rate": size(item["rate"])} for item in items(data[name])]
