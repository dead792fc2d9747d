"""A place of the document as operators say it: "web, port 8080/tcp", not `components.web.ports.8080/tcp`."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.schema_tree import Shape, component_shape, document_shape

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


def place(path: Iterable[str]) -> str:
    """ "web, port 8080/tcp published as 127.0.0.1:8080", "parameter WORKERS", "volume data, driver"."""
    provided = tuple(path)
    if not provided:
        return ""
    if provided[0] not in _SECTIONS or len(provided) == 1:
        return ".".join(provided)
    if provided[0] != "components":
        below = document_shape().below(provided[0]).below("")
        return ", ".join([f"{_SECTIONS[provided[0]]} {provided[1]}", *_inside(below, provided[2:])])
    return (
        ", ".join([provided[1], *_inside(component_shape(), provided[2:])])
        if provided[2:]
        else f"component {provided[1]}"
    )


def said(fault: object) -> str:
    """What is wrong for people to read, with its place in words; what is no fault says itself."""
    if not isinstance(fault, Fault):
        return str(fault)
    return f"{spoken_place(fault.path)}: {fault.message}" if fault.path else fault.message


@lru_cache(maxsize=4096)
def spoken_place(dotted: str) -> str:
    """The same for a dotted path; what is no place of a document stays as it is."""
    path = steps(dotted)
    return place(path) if path else dotted


def steps(dotted: str) -> Path:
    """The parts of a dotted path, whose keys may hold dots themselves; () for what is no place of a document."""
    return _split(document_shape(), dotted) or ()


def _split(shape: Shape, text: str) -> Path | None:
    """The steps of a dotted path below a shape, keys as short as they can be; None where it leads nowhere."""
    if not text:
        return ()
    if shape.is_leaf:
        return (text,) if shape.atomic or text.isdecimal() else None
    if shape.is_record:
        first, _, rest = text.partition(".")
        below = shape.fields.get(first)
        steps = None if below is None else _split(below, rest)
        return None if steps is None else (first, *steps)
    for key, rest in _keys(text):
        steps = _split(shape.below(key), rest)
        if steps is not None:
            return (key, *steps)
    return None


def _keys(text: str) -> Iterator[tuple[str, str]]:
    at = text.find(".")
    while at >= 0:
        if at + 1 < len(text):
            yield text[:at], text[at + 1 :]
        at = text.find(".", at + 1)
    yield text, ""


def _inside(shape: Shape, steps: Path) -> Iterator[str]:
    """What is said of the steps below a component, volume or network."""
    if not steps:
        return
    name, *rest = steps
    known = shape.fields.get(name)
    if known is None or known.is_leaf or known.is_record or not rest:
        yield from _field(name, known, tuple(rest))
        return
    text = f"{_ENTRIES.get(name, known.label.lower())} {rest[0]}"
    if name == "ports" and len(rest) > 1:
        text += f" published as {rest[1] or 'any'}"
        rest = rest[1:]
    yield text
    if not known.free and not known.below(rest[0]).is_leaf:
        yield from _inside(known.below(rest[0]), tuple(rest[1:]))


def _field(name: str, known: Shape | None, rest: Path) -> Iterator[str]:
    if name in _UNSAID:
        return
    yield (known.label.lower() if known is not None and known.label else name)
    if known is not None and known.is_record:
        yield from _inside(known, rest)
    elif rest and rest[0].isdecimal():
        yield f"word {int(rest[0]) + 1}"
