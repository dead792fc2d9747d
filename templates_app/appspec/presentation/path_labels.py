"""Labels of paths: "web, port 8080/tcp" for `components.web.ports.8080/tcp`."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.schema_tree import SchemaNode, get_component_schema, get_document_schema

type Path = tuple[str, ...]

_SECTIONS = {"components": "component", "parameters": "parameter", "volumes": "volume", "networks": "network"}
_ENTRIES = {
    "env": "variable",
    "ports": "port",
    "mounts": "mount",
    "config_files": "config file",
    "probes": "probe",
    "networks": "network",
    "depends_on": "dependency on",
    "labels": "label",
    "engine": "engine option",
}
_UNSAID = frozenset({"content", "shell"})


def describe_path(path: Iterable[str]) -> str:
    """ "web, port 8080/tcp published as 127.0.0.1:8080", "parameter WORKERS", "volume data, driver"."""
    provided = tuple(path)
    if not provided:
        return ""
    if provided[0] not in _SECTIONS or len(provided) == 1:
        return ".".join(provided)
    if provided[0] != "components":
        below = get_document_schema().below(provided[0]).below("")
        return ", ".join([f"{_SECTIONS[provided[0]]} {provided[1]}", *_describe_inside(below, provided[2:])])
    return (
        ", ".join([provided[1], *_describe_inside(get_component_schema(), provided[2:])])
        if provided[2:]
        else f"component {provided[1]}"
    )


def describe_fault(fault: object) -> str:
    """Return a fault with its path as a label."""
    if not isinstance(fault, Fault):
        return str(fault)
    return f"{describe_dotted_path(fault.path)}: {fault.message}" if fault.path else fault.message


@lru_cache(maxsize=4096)
def describe_dotted_path(dotted: str) -> str:
    """Return the label of a dotted path; other texts are returned unchanged."""
    path = list_path_steps(dotted)
    return describe_path(path) if path else dotted


def list_path_steps(dotted: str) -> Path:
    """Return the steps of a dotted path, whose keys may contain dots; () if it is not a path of the document."""
    return _split_path(get_document_schema(), dotted) or ()


def _split_path(shape: SchemaNode, text: str) -> Path | None:
    """Return the steps below a node, with the shortest possible keys, or None."""
    if not text:
        return ()
    if shape.is_leaf:
        return (text,) if shape.atomic or text.isdecimal() else None
    if shape.is_record:
        first, _, rest = text.partition(".")
        below = shape.fields.get(first)
        steps = None if below is None else _split_path(below, rest)
        return None if steps is None else (first, *steps)
    for key, rest in _list_keys(text):
        steps = _split_path(shape.below(key), rest)
        if steps is not None:
            return (key, *steps)
    return None


def _list_keys(text: str) -> Iterator[tuple[str, str]]:
    at = text.find(".")
    while at >= 0:
        if at + 1 < len(text):
            yield text[:at], text[at + 1 :]
        at = text.find(".", at + 1)
    yield text, ""


def _describe_inside(shape: SchemaNode, steps: Path) -> Iterator[str]:
    """Return the label of the steps below a component, volume or network."""
    if not steps:
        return
    name, *rest = steps
    known = shape.fields.get(name)
    if known is None or known.is_leaf or known.is_record or not rest:
        yield from _describe_field(name, known, tuple(rest))
        return
    text = f"{_ENTRIES.get(name, known.label.lower())} {rest[0]}"
    if name == "ports" and len(rest) > 1:
        text += f" published as {rest[1] or 'any'}"
        rest = rest[1:]
    yield text
    if not known.free and not known.below(rest[0]).is_leaf:
        yield from _describe_inside(known.below(rest[0]), tuple(rest[1:]))


def _describe_field(name: str, known: SchemaNode | None, rest: Path) -> Iterator[str]:
    if name in _UNSAID:
        return
    yield (known.label.lower() if known is not None and known.label else name)
    if known is not None and known.is_record:
        yield from _describe_inside(known, rest)
    elif rest and rest[0].isdecimal():
        yield f"word {int(rest[0]) + 1}"
