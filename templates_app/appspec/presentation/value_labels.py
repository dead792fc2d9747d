"""Values of the document as people read them, told by where they stand: "not published", "volume data, read only"."""

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from templates_app.appspec.diff.field_change import FieldChange, Symbol, shown
from templates_app.appspec.presentation.component_facts import PASSED_ON, mount_words, ports_words, probe_words
from templates_app.appspec.schema.component import Mount, Probe
from templates_app.appspec.schema.serialize import Tree

type Path = tuple[str, ...]


def sides(change: FieldChange) -> tuple[str | None, str | None]:
    """Before and after in words; None where that side has nothing there."""
    before = None if change.symbol is Symbol.ADDED else spoken_value(change.path, change.before)
    after = None if change.symbol is Symbol.REMOVED else spoken_value(change.path, change.after)
    return before, after


def spoken_value(path: Path, value: JsonValue) -> str:
    """The value at a path from the document's root."""
    if isinstance(value, dict):
        return _part(path, value)
    if value is None:
        return PASSED_ON if path[2:3] == ("env",) else "not set"
    return shown(value)


def is_spoken(path: Path) -> bool:
    """Whether a record at this path has words of its own: a port, a mount, a dependency."""
    return _entry(path) in _WORDS


def _part(path: Path, value: Tree) -> str:
    words = _WORDS.get(_entry(path))
    return words(value) if words is not None else _listed(value) or "nothing more"


def _entry(path: Path) -> Path:
    """Which map of the document the path is an entry of."""
    if path[0] == "components":
        return ("components", path[2], "binding") if path[2:3] == ("ports",) and len(path) == 5 else _field(path)
    return (path[0],) if len(path) == 2 else path


def _field(path: Path) -> Path:
    return ("components", path[2]) if len(path) == 4 else path


def _port(value: Tree) -> str:
    return ports_words(list(value))


def _binding(value: Tree) -> str:
    return f"published, {_listed(value)}" if value else "published"


def _mount(value: Tree) -> str:
    return mount_words(Mount.model_validate(value))


def _probe(value: Tree) -> str:
    return probe_words(Probe.model_validate(value))


def _dependency(value: Tree) -> str:
    text = str(value.get("condition", "started"))
    text += ", if it is there" if value.get("required") is False else ""
    return f"{text}, restarted with it" if value.get("restart") is True else text


def _network(value: Tree) -> str:
    return f"joined, {_listed(value)}" if value else "joined"


def _definition(value: Tree) -> str:
    return _listed(value) or "of the default kind"


def _file(value: Tree) -> str:
    if value.get("secret"):
        return "a secret file"
    content = value.get("content")
    return f"{content.count(chr(10)) + 1} lines" if isinstance(content, str) and content else "an empty file"


def _parameter(value: Tree) -> str:
    data = ["fixed by the version" if value.get("fixed") else "asked when installing"]
    data += [name for name in ("secret", "required") if value.get(name)]
    data += [f"default {value['default']}"] if isinstance(value.get("default"), str) else []
    return ", ".join(data)


_WORDS: Mapping[Path, Callable[[Tree], str]] = {
    ("components", "ports"): _port,
    ("components", "ports", "binding"): _binding,
    ("components", "mounts"): _mount,
    ("components", "probes"): _probe,
    ("components", "depends_on"): _dependency,
    ("components", "networks"): _network,
    ("components", "config_files"): _file,
    ("volumes",): _definition,
    ("networks",): _definition,
    ("parameters",): _parameter,
}


def _listed(value: Tree) -> str:
    return ", ".join(
        name if item is True or item == {} else f"{name.replace('_', ' ')} {shown(item)}"
        for name, item in value.items()
    )
