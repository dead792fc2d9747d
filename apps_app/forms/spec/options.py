"""Options that only an engine understands: the known ones by their type, all others as data."""

from __future__ import annotations

from pydantic import JsonValue

from apps_app.forms.spec.cells import Cell, Way
from templates_app.spec.dump import Tree

_LINES = (
    *("cap_add", "cap_drop", "devices", "device_cgroup_rules", "dns", "dns_opt", "dns_search", "group_add", "links"),
    *("profiles", "security_opt", "volumes_from", "external_links"),
)
_TEXTS = (
    *("cgroup", "cgroup_parent", "cpuset", "domainname", "hostname", "ipc", "isolation", "mac_address", "pid"),
    *("platform", "pull_policy", "runtime", "shm_size", "userns_mode", "uts"),
)
_TICKS = ("init", "oom_kill_disable", "privileged", "stdin_open", "tty")
KNOWN = tuple(sorted((*_LINES, *_TEXTS, *_TICKS, "extra_hosts", "logging", "sysctls", "ulimits", "tmpfs")))
_YES_NO = (("true", "Yes"), ("false", "No"))


class YesNo(Cell):
    """A yes or no that is always said: it is the option's whole value."""

    def write(self, value: JsonValue) -> str | bool:
        return {True: "true", False: "false"}.get(value, "") if isinstance(value, bool) else super().write(value)

    def read(self, typed: str | bool, before: JsonValue) -> JsonValue:
        read = super().read(typed, before)
        return {"true": True, "false": False}.get(read, read) if isinstance(read, str) else read


def engine_cells(name: str, record: Tree) -> tuple[Cell, ...]:
    """The input of an option by its name, unless its value is of another type than is usual."""
    value = record.get("value")
    cell = Cell("value", "Value", Way.DATA, None)
    if name in _TICKS and (value is None or isinstance(value, bool)):
        cell = YesNo("value", "Value", Way.CHOICE, True, _YES_NO)
    elif name in _LINES and _are_lines(value):
        cell = Cell("value", "Value", Way.LINES, [], help="One a line.")
    elif name in _TEXTS and (value is None or isinstance(value, str)):
        cell = Cell("value", "Value", Way.TEXT, "")
    return (cell,)


def _are_lines(value: JsonValue) -> bool:
    if value is None:
        return True
    return isinstance(value, list) and all(isinstance(one, str) and one == one.strip() and one for one in value)
