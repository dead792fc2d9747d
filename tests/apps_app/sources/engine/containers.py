"""Containers as an engine tells them: a recorded project, and single ones made for a test."""

import json
from pathlib import Path
from typing import Any

from apps_app.formats.docker_inspect.inspect_document import Found
from apps_app.formats.docker_inspect.read import Adopted, read_engine

FOLDER = Path(__file__).parent
IMAGE: dict[str, Any] = {
    "Id": "sha256:1",
    "RepoTags": ["shop/web:1"],
    "Config": {
        "Env": ["PATH=/bin", "MODE=image"],
        "Cmd": ["serve"],
        "Entrypoint": ["/entry"],
        "User": "www",
        "WorkingDir": "/www",
        "Labels": {"maker": "shop"},
        "ExposedPorts": {"80/tcp": {}},
        "Volumes": {"/var/data": {}},
        "Healthcheck": {"Test": ["CMD", "check"], "Interval": 5_000_000_000},
        "StopSignal": "SIGQUIT",
    },
}


def recorded() -> Found:
    """`docker-compose up` of the compose.yaml beside this, as an engine told it."""
    document = json.loads((FOLDER / "found.json").read_text())
    return Found(**{**document, "containers": tuple(document["containers"])})


def container(name: str = "web", n: int = 1, **parts: Any) -> dict[str, Any]:
    """What an engine says of a container that only repeats its image; `Config`, `HostConfig` and more change it."""
    config = {**IMAGE["Config"], "Image": "shop/web:1", "Hostname": f"{n:012}", **parts.pop("Config", {})}
    return {
        "Id": f"{n:012}" + "0" * 52,
        "Name": f"/{name}",
        "Image": "sha256:1",
        "Config": config,
        "HostConfig": {
            "NetworkMode": "bridge",
            "ShmSize": 67108864,
            "IpcMode": "private",
            **parts.pop("HostConfig", {}),
        },
        "NetworkSettings": {"Networks": parts.pop("Networks", {"bridge": {}})},
        **parts,
    }


def read(*containers: dict[str, Any], **found: Any) -> Adopted:
    return read_engine(Found(containers=containers, images={"sha256:1": IMAGE}, **found))


def read_component(**parts: Any) -> dict[str, Any]:
    """The component that a container makes, without what every one of them has."""
    component: dict[str, Any] = dict(read(container(**parts)).spec.components["web"].plain)
    assert component.pop("image") == "shop/web:1"
    assert component.pop("engine")["container_name"] == "web" if "Name" not in parts else True
    return component


def notices(*containers: dict[str, Any], **found: Any) -> list[str]:
    return [str(notice) for notice in read(*containers, **found).imported.notices]
