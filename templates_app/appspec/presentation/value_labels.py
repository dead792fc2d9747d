"""Labels of values, by their path: "not published", "volume data, read only"."""

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from templates_app.appspec.diff.field_change import FieldChange, Symbol, format_value
from templates_app.appspec.presentation.component_facts import PASSED_ON, describe_mount, describe_ports, describe_probe
from templates_app.appspec.schema.component import Mount, Probe
from templates_app.appspec.schema.serialize import JsonTree

type Path = tuple[str, ...]


def describe_sides(change: FieldChange) -> tuple[str | None, str | None]:
    """Return the labels of both values; None for a missing one."""
    before = None if change.symbol is Symbol.ADDED else describe_value(change.path, change.before)
    after = None if change.symbol is Symbol.REMOVED else describe_value(change.path, change.after)
    return before, after


def describe_value(path: Path, value: JsonValue) -> str:
    """Return the label of the value at a path from the document's root."""
    if isinstance(value, dict):
        return _describe_part(path, value)
    if value is None:
        return PASSED_ON if path[2:3] == ("env",) else "not set"
    return format_value(value)


def has_label(path: Path) -> bool:
    """Return whether records at this path have labels of their own: ports, mounts, dependencies."""
    return _describe_entry(path) in _WORDS


def _describe_part(path: Path, value: JsonTree) -> str:
    words = _WORDS.get(_describe_entry(path))
    return words(value) if words is not None else _join_values(value) or "nothing more"


def _describe_entry(path: Path) -> Path:
    """Return the map of the document that the path is an entry of."""
    if path[0] == "components":
        return (
            ("components", path[2], "binding") if path[2:3] == ("ports",) and len(path) == 5 else _describe_field(path)
        )
    return (path[0],) if len(path) == 2 else path


def _describe_field(path: Path) -> Path:
    return ("components", path[2]) if len(path) == 4 else path


def _describe_port(value: JsonTree) -> str:
    return describe_ports(list(value))


def _describe_binding(value: JsonTree) -> str:
    return f"published, {_join_values(value)}" if value else "published"


def _describe_mount(value: JsonTree) -> str:
    return describe_mount(Mount.model_validate(value))


def _describe_probe(value: JsonTree) -> str:
    return describe_probe(Probe.model_validate(value))


def _describe_dependency(value: JsonTree) -> str:
    text = str(value.get("condition", "started"))
    text += ", optional" if value.get("required") is False else ""
    return f"{text}, restarted with it" if value.get("restart") is True else text


def _describe_network(value: JsonTree) -> str:
    return f"joined, {_join_values(value)}" if value else "joined"


def _describe_definition(value: JsonTree) -> str:
    return _join_values(value) or "default driver"


def _describe_file(value: JsonTree) -> str:
    if value.get("secret"):
        return "a secret file"
    content = value.get("content")
    return f"{content.count(chr(10)) + 1} lines" if isinstance(content, str) and content else "an empty file"


def _describe_parameter(value: JsonTree) -> str:
    data = ["fixed by the version" if value.get("fixed") else "asked at install"]
    data += [name for name in ("secret", "required") if value.get(name)]
    data += [f"default {value['default']}"] if isinstance(value.get("default"), str) else []
    return ", ".join(data)


_WORDS: Mapping[Path, Callable[[JsonTree], str]] = {
    ("components", "ports"): _describe_port,
    ("components", "ports", "binding"): _describe_binding,
    ("components", "mounts"): _describe_mount,
    ("components", "probes"): _describe_probe,
    ("components", "depends_on"): _describe_dependency,
    ("components", "networks"): _describe_network,
    ("components", "config_files"): _describe_file,
    ("volumes",): _describe_definition,
    ("networks",): _describe_definition,
    ("parameters",): _describe_parameter,
}


def _join_values(value: JsonTree) -> str:
    return ", ".join(
        name if item is True or item == {} else f"{name.replace('_', ' ')} {format_value(item)}"
        for name, item in value.items()
    )
