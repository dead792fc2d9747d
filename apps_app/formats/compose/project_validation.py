"""What Compose refuses in a project as a whole, all of it at once."""

import re

from apps_app.formats.compose.source_file import Report, Tree, as_map

_KEY = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}")
_TWICE = (
    ("cpus", "limits", "cpus"),
    ("mem_limit", "limits", "memory"),
    ("mem_reservation", "reservations", "memory"),
    ("pids_limit", "limits", "pids"),
)


def refuse_inconsistent(services: Tree, document: Tree, report: Report) -> None:
    """Adds a fault for every use of what is not there, and for what excludes one another.

    `services` are canonical, `document` is made from them.
    """
    _refuse_names(document, report)
    for name, value in services.items():
        service, part = as_map(value), as_map(as_map(document["components"])[name])
        _refuse_undefined(name, part, services, document, report)
        _refuse_distinct(name, service, report)
        if part.get("network_mode") and part.get("networks"):
            report.fault(f"services.{name}.network_mode", "cannot stand beside networks")
        if not part.get("image") and "build" not in service and "provider" not in service:
            report.fault(f"services.{name}", "has neither an image nor a build")
        if service.get("container_name") and part.get("replicas") not in (None, 0, 1, "0", "1"):
            report.fault(f"services.{name}.container_name", "can be given to one container only, not to replicas")


def _refuse_names(document: Tree, report: Report) -> None:
    for section, place in (("components", "services"), ("volumes", "volumes"), ("networks", "networks")):
        for name in as_map(document[section]):
            if not _KEY.fullmatch(name):
                report.fault(
                    f"{place}.{name}", "a name starts with a letter or digit and has at most 63 characters here"
                )


def _refuse_undefined(name: str, part: Tree, services: Tree, document: Tree, report: Report) -> None:
    for other in as_map(part.get("depends_on")):
        if other not in services:
            report.fault(f"services.{name}.depends_on", f"there is no service '{other}'")
    for mount in map(as_map, as_map(part.get("mounts")).values()):
        source = mount.get("source")
        if mount.get("kind") == "volume" and source and source not in as_map(document["volumes"]):
            report.fault(f"services.{name}.volumes", f"the volume '{source}' is not defined under volumes")
    for network in as_map(part.get("networks")):
        if network not in {"default", *as_map(document["networks"])}:
            report.fault(f"services.{name}.networks", f"the network '{network}' is not defined under networks")


def _refuse_distinct(name: str, service: Tree, report: Report) -> None:
    """Old and new words for one thing must agree."""
    deploy = as_map(service.get("deploy"))
    pairs = [(key, f"deploy.resources.{side}.{new}", _resource(deploy, side, new)) for key, side, new in _TWICE]
    pairs.append(("scale", "deploy.replicas", deploy.get("replicas")))
    for key, other, value in pairs:
        if service.get(key) is not None and value is not None and not _alike(str(service[key]), str(value)):
            report.fault(f"services.{name}.{key}", f"says another value than {other}")


def _resource(deploy: Tree, side: str, key: str) -> object:
    return as_map(as_map(deploy.get("resources")).get(side)).get(key)


def _alike(name: str, other: str) -> bool:
    if "$" in name + other:
        return True
    return _plain(name) == _plain(other)


def _plain(value: str) -> str:
    lowered = value.lower().removesuffix("b").removesuffix("i")
    return lowered.rstrip("0").rstrip(".") if "." in lowered else lowered
