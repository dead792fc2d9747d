"""What a Compose file says of each service, as a digest: so that an edit by hand is seen, and a new layout is not."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from apps_app.formats.compose.yaml_loader import load

_SECTIONS = ("configs", "secrets", "volumes", "networks")


def marks(compose: bytes, files: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each service: its own section, the definitions it uses, the files they name.

    `files` is the folder, by path from it. Raises ValueError for text that is no Compose file.
    """
    document = _parsed(compose)
    return {key: _mark(document, service, files) for key, service in document["services"].items()}


def services(compose: bytes) -> frozenset[str]:
    """The keys of all services. Raises ValueError for text that is no Compose file."""
    return frozenset(_parsed(compose)["services"])


@lru_cache(maxsize=8)
def _parsed(compose: bytes) -> Mapping[str, Any]:
    documents = load("compose.yaml", compose)
    tree = documents[0].tree if len(documents) == 1 else {}
    if not isinstance(tree.get("services"), dict):
        raise ValueError("it has no services")
    return tree


def _mark(document: Mapping[str, Any], service: Any, files: Mapping[str, bytes]) -> str:
    section = service if isinstance(service, dict) else {}
    used = {
        kind: {name: entries[name] for name in sorted(_names(section.get(kind))) if name in entries}
        for kind in _SECTIONS
        if isinstance(entries := document.get(kind), dict)
    }
    paths = {path for folder in _paths(section, used) for path in _below(folder, files)}
    contents = {path: hashlib.sha256(files[path]).hexdigest() for path in paths}
    text = json.dumps([service, used, contents], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _names(entries: Any) -> Iterator[str]:
    """The definitions that a service's list or map of a section names, in short and long form."""
    for entry in entries or ():
        if isinstance(entry, dict):
            yield str(entry.get("source", ""))
        else:
            yield str(entry).partition(":")[0]


def _paths(service: Mapping[str, Any], used: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The files of the folder that a service reads."""
    for kind in ("configs", "secrets"):
        for entry in used.get(kind, {}).values():
            if isinstance(entry, dict) and entry.get("file"):
                yield _relative(str(entry["file"]))
    for mount in service.get("volumes") or ():
        source = mount.get("source", "") if isinstance(mount, dict) else str(mount).partition(":")[0]
        if str(source).startswith("."):
            yield _relative(str(source))


def _below(path: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """The file itself, or every file of the folder."""
    if path in files:
        yield path
    else:
        yield from (file for file in files if file.startswith(f"{path}/"))


def _relative(path: str) -> str:
    return path.removeprefix("./").rstrip("/")
