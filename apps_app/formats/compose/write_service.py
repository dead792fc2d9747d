"""One component → one Compose service."""

from collections.abc import Mapping

from pydantic import JsonValue

from apps_app.formats.compose.source_file import as_map
from apps_app.formats.compose.write_files import Files
from apps_app.formats.compose.write_parts import depends_on, healthcheck, mounts, networks, ports
from templates_app.appspec.schema.component import ComponentSpec, Resources
from templates_app.appspec.schema.serialize import tree

type Tree = dict[str, JsonValue]

EXTENSION = "x-uplift"
_ORDER = ("image", "entrypoint", "command", "user", "working_dir", "environment", "ports", "expose", "volumes", "tmpfs")
_OURS = ("name", "kind", "run", "health_gate", "data_compatible")


def service(key: str, component: ComponentSpec, files: Files) -> Tree:
    """The service as Compose writes it; what Compose has no word for stands under `x-uplift`."""
    tree: Tree = _process(component)
    tree |= ports(component.ports)
    tree |= mounts(component.mounts)
    tree |= files.add(key, component.config_files)
    tree |= healthcheck(component.probes)
    tree |= networks(component.networks)
    tree |= depends_on(component.depends_on)
    tree |= _engine(component, tree)
    if ours := as_map(tree.get(EXTENSION)) | _extension(component, tree):
        tree[EXTENSION] = {name: ours[name] for name in sorted(ours)}
    order = {name: index for index, name in enumerate(_ORDER)}
    return {name: tree[name] for name in sorted(tree, key=lambda name: (order.get(name, len(order)), name))}


def _process(component: ComponentSpec) -> Tree:
    texts: Tree = {
        "image": component.image,
        "user": component.user,
        "working_dir": component.working_dir,
        "network_mode": component.network_mode,
        "restart": component.restart,
        "stop_signal": component.stop.signal,
        "stop_grace_period": component.stop.grace,
    }
    tree: Tree = {name: value for name, value in texts.items() if value}
    if component.entrypoint is not None:
        tree["entrypoint"] = list(component.entrypoint)
    if component.command is not None:
        tree["command"] = list(component.command)
    if component.env:
        tree["environment"] = _pairs(component.env)
    if component.labels:
        tree["labels"] = _pairs(component.labels)
    return tree


def _pairs(entries: Mapping[str, str | None]) -> JsonValue:
    """A map; or, where a name holds a reference that only values of a list may hold, a list."""
    if any("$" in name.replace("$$", "") for name in entries):
        return [name if entries[name] is None else f"{name}={entries[name]}" for name in sorted(entries)]
    return {name: entries[name] for name in sorted(entries)}


def _engine(component: ComponentSpec, service: Tree) -> Tree:
    engine = as_map(tree(component).get("engine"))
    rest: Tree = {name: value for name, value in engine.items() if name != "deploy"}
    if isinstance(more := rest.get("volumes"), list):
        summary = service.get("volumes", [])
        rest["volumes"] = [*summary, *more] if isinstance(summary, list) else more
    complete = as_map(engine.get("deploy")) | _deploy(component)
    return rest | ({"deploy": {name: complete[name] for name in sorted(complete)}} if complete else {})


def _deploy(component: ComponentSpec) -> Tree:
    tree: Tree = {} if component.replicas == 1 else {"replicas": component.replicas}
    if resources := _resources(component.resources):
        tree["resources"] = resources
    return tree


def _resources(resources: Resources) -> Tree:
    limits: Tree = {
        "cpus": _cpus(resources.cpu_limit),
        "memory": _size(resources.memory_limit),
        "pids": resources.pids_limit,
    }
    reservations: Tree = {
        "cpus": _cpus(resources.cpu_reservation),
        "memory": _size(resources.memory_reservation),
        "devices": resources.devices,
    }
    tree: Tree = {}
    for name, values in (("limits", limits), ("reservations", reservations)):
        provided: Tree = {key: value for key, value in values.items() if value is not None}
        tree |= {name: provided} if provided else {}
    return tree


def _cpus(value: float | str | None) -> str | None:
    return f"{value:g}" if isinstance(value, float | int) else value


def _size(value: int | str | None) -> str | None:
    return None if value is None else str(value)


def _extension(component: ComponentSpec, service: Tree) -> Tree:
    fields = tree(component)
    ours: Tree = {name: fields[name] for name in _OURS if name in fields}
    probes = as_map(fields.get("probes"))
    if "healthcheck" not in service:
        return ours | ({"probes": probes} if probes else {})
    if set(probes) != {"readiness"}:
        ours["probes"] = probes
    return ours
