"""What the rows of a component's form say, to and from the document. What a row does not show is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from apps_app.forms.component_rows import ANY, Rows, kept
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.serialize import Tree, tree

FIELDS = ("image", "command", "env", "ports", "mounts", "depends_on")
"""The fields of a component that its form shows."""


def shown_part(component: ComponentSpec, fields: Collection[str] = FIELDS) -> Tree:
    """The component as far as a form of these fields shows it."""
    return {name: value for name, value in tree(component).items() if name in fields}


def initial_rows(component: ComponentSpec) -> dict[str, list[dict[str, object]]]:
    """A component's variables, ports and volumes as rows."""
    ports: list[dict[str, object]] = []
    for port, bindings in component.ports.items():
        ports += [{"port": port, "published": binding or ANY} for binding in bindings] or [{"port": port}]
    volumes = [
        {"path": path, "volume": mount.source, "read_only": mount.read_only is True}
        for path, mount in component.mounts.items()
        if mount.kind == "volume"
    ]
    return {
        "env": [
            {"name": name, "value": value or "", "passed_on": value is None} for name, value in component.env.items()
        ],
        "ports": ports,
        "volumes": volumes,
    }


def env_of(rows: Rows) -> dict[str, str | None]:
    """Each variable's value, which may be empty; none where it is passed on from the host."""
    return {row["name"]: None if row["passed_on"] else row["value"] for _, row in kept(rows)}


def ports_of(rows: Rows, before: ComponentSpec) -> dict[str, Any]:
    """Several rows of one port are its bindings; what a binding said beside its address stays."""
    was = _part(before, "ports")
    ports: dict[str, dict[str, Any]] = {}
    for _, row in kept(rows):
        bindings = ports.setdefault(row["port"], {})
        if row["published"]:
            binding = "" if row["published"] == ANY else row["published"]
            bindings[binding] = was.get(row["port"], {}).get(binding, {})
    return ports


def mounts_of(rows: Rows, before: ComponentSpec) -> dict[str, Any]:
    """The volumes of the rows beside the other mounts."""
    was = _part(before, "mounts")
    mounts = {path: mount for path, mount in was.items() if before.mounts[path].kind != "volume"}
    for _, row in kept(rows):
        old = was.get(row["path"], {})
        read_only = old.get("read_only") if isinstance(old.get("read_only"), str) else row["read_only"]
        mounts[row["path"]] = {**old, "kind": "volume", "source": row["volume"], "read_only": read_only}
    return mounts


def needs_of(names: list[str], before: ComponentSpec) -> dict[str, Any]:
    """How it depends on one is kept; a new one has only to be started."""
    was = _part(before, "depends_on")
    return {name: was.get(name, {}) for name in names}


def other_mounts(component: ComponentSpec) -> dict[str, str]:
    """What is mounted and has no row, path → kind."""
    return {path: mount.kind for path, mount in component.mounts.items() if mount.kind != "volume"}


def _part(component: ComponentSpec, name: str) -> Mapping[str, Any]:
    value = tree(component).get(name)
    return value if isinstance(value, dict) else {}
