"""What a target holds of an application, in a form in which two applications can be compared."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from apps_app.drivers.memory import memory_target
from apps_app.models import Application
from tests.apps_app.drivers.repositories import committed


def held(application: Application) -> dict[str, Any]:
    """Everything that the target has of it, without what only says whose it is (name, keyed digests)."""
    target = application.target
    assert target is not None
    if target.kind == "memory":
        existing = memory_target(str(target.config["name"])).parts(str(application.uid))
        return {key: replace(part, digest="") for key, part in existing.items()}
    files = committed(Path(str(target.config["path"])), application.slug)
    name = application.slug.encode()
    return {path: data.replace(name, b"SLUG") for path, data in files.items() if not path.startswith(".uplift/")}
