"""Compose's own reader, and what two of its answers mean once everything meaningless is taken off."""

import json
import os
import posixpath
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apps_app.formats.compose.read import Imported
from apps_app.formats.compose.write import to_compose
from templates_app.appspec.interpolation.render import effective, render, secret_names
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.scalars import bytes_of

_ALIKE = {
    "cpus": ("limits", "cpus"),
    "mem_limit": ("limits", "memory"),
    "mem_reservation": ("reservations", "memory"),
    "pids_limit": ("limits", "pids"),
}
_BUILT = "built-from-source"
_SIZES = {"memory", "shm_size", "memswap_limit", "size"}


class Refused(Exception):
    """The reference reader's complaint."""


def reader() -> str | None:
    """The path of Docker Compose v2: UPLIFT_TEST_COMPOSE, else `docker-compose` on PATH where it is a v2."""
    text = os.environ.get("UPLIFT_TEST_COMPOSE")
    item = text or shutil.which("docker-compose")
    if not item or text:
        return item
    label = subprocess.run([item, "version", "--short"], capture_output=True, text=True, check=False).stdout
    return item if label.lstrip("v").startswith("2.") else None


def config(
    folder: Path, names: list[str], values: Mapping[str, str] | None = None, profiles: tuple[str, ...] = ()
) -> dict[str, Any]:
    """`docker-compose config` of a folder. Raises Refused."""
    files = [part for name in names for part in ("-f", name)]
    chosen = [part for profile in profiles for part in ("--profile", profile)]
    command = [str(reader()), *files, *chosen, "config", "--format", "json"]
    environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **(values or {})}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(done.stderr.strip())
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def written(imported: Imported, folder: Path) -> dict[str, Any]:
    """The imported application rendered, written by our writer, and read by the reference reader."""
    spec = imported.spec
    values = {name: value for name, value in effective(spec.parameters, {}).items() if name not in imported.secrets}
    secrets = {name: imported.secrets.get(name, "not given") for name in secret_names(spec.parameters)}
    for path, content in to_compose(_with_images(render(spec, values)), secrets=frozenset(secrets)).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return config(folder, ["compose.yaml"], secrets)


def _with_images(spec: AppSpec) -> AppSpec:
    """Compose refuses a service with neither image nor build; an import keeps one whose build it cannot carry."""
    components = {
        key: component.model_copy(update={"image": component.image or _BUILT})
        for key, component in spec.components.items()
    }
    return spec.model_copy(update={"components": components})


def meaning(answer: dict[str, Any], folder: Path, values: Mapping[str, str], lost: set[tuple[str, str]]) -> Any:
    """The answer without what says nothing; files, configs and secrets by their content.

    `lost` gets (service, path) of every relative bind mount and file that is not in the folder.
    """
    return {
        "services": {
            name: _service(name, item, answer, folder, values, lost) for name, item in answer["services"].items()
        },
        "networks": _resources(answer, "networks", _used_networks(answer)),
        "volumes": _resources(answer, "volumes", _used_volumes(answer)),
    }


def _service(
    name: str,
    service: dict[str, Any],
    answer: dict[str, Any],
    folder: Path,
    values: Mapping[str, str],
    lost: set[tuple[str, str]],
) -> dict[str, Any]:
    skipped = ("build", "profiles", "develop", "ports", "expose", "volumes", "tmpfs", "configs", "secrets")
    data = {key: value for key, value in service.items() if key not in skipped and not key.startswith("x-")}
    data = {key: value for key, value in data.items() if value is not None or key not in ("command", "entrypoint")}
    data.setdefault("image", _BUILT)
    data["ports"], data["expose"] = _ports(service)
    data["mounts"], data["files"] = _mounts(name, service, folder, lost)
    data["files"] |= _uses(name, service, answer, folder, values, lost)
    data["deploy"] = _deploy(data)
    desired = data.get("depends_on") or {}
    data["depends_on"] = {item: how for item, how in desired.items() if item in answer["services"] or how["required"]}
    data["healthcheck"] = _healthcheck(data.get("healthcheck"))
    for key in ("cap_add", "cap_drop", "security_opt", "extra_hosts", "dns_opt", "links"):
        data[key] = sorted(data.get(key) or [])
    return {key: _sized(key, value) for key, value in data.items() if value not in (None, [], {})}


def _ports(service: dict[str, Any]) -> tuple[list[str], list[str]]:
    published = {json.dumps(port, sort_keys=True) for port in service.get("ports", [])}
    inside = {f"{port['target']}/{port['protocol']}" for port in service.get("ports", [])}
    exposed = {port for message in service.get("expose", []) for port in _range(str(message))}
    return sorted(published), sorted(exposed - inside)


def _range(text: str) -> list[str]:
    numbers, _, protocol = text.partition("/")
    first, _, last = numbers.partition("-")
    return [f"{port}/{protocol or 'tcp'}" for port in range(int(first), int(last or first) + 1)]


def _mounts(
    name: str, service: dict[str, Any], folder: Path, lost: set[tuple[str, str]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    mounts: dict[str, Any] = {}
    files: dict[str, Any] = {}
    for message in service.get("tmpfs", []):
        path, _, options = message.partition(":")
        mounts[path] = {
            "type": "tmpfs",
            "options": sorted(_tmpfs_option(option) for option in options.split(",") if option),
        }
    for volume in service.get("volumes", []):
        source, target = Path(volume.get("source", "")), volume["target"]
        if volume["type"] == "bind" and source.is_relative_to(folder.parent):
            if source.is_file():
                files[target] = {"content": source.read_bytes()}
            elif source.is_dir() and source != folder:
                for item in (path for path in source.rglob("*") if path.is_file()):
                    files[posixpath.join(target, item.relative_to(source).as_posix())] = {"content": item.read_bytes()}
            else:
                lost.add((name, source.relative_to(folder, walk_up=True).as_posix()))
        else:
            mounts[target] = _mount(volume)
    return mounts, files


def _mount(volume: dict[str, Any]) -> dict[str, Any]:
    data = {key: value for key, value in volume.items() if value not in ({}, "") and key != "target"}
    if volume["type"] == "tmpfs":
        own = volume.get("tmpfs", {})
        sizes = [f"size={own['size']}"] if own.get("size") else []
        return {"type": "tmpfs", "options": sorted([*sizes, *([f"mode={own['mode']:o}"] if own.get("mode") else [])])}
    return data


def _tmpfs_option(option: str) -> str:
    name, _, value = option.partition("=")
    if name == "size" and not value.endswith("%"):
        return f"size={bytes_of(value)}"
    return f"mode={int(value, 8):o}" if name == "mode" else option


def _uses(
    name: str,
    service: dict[str, Any],
    answer: dict[str, Any],
    folder: Path,
    values: Mapping[str, str],
    lost: set[tuple[str, str]],
) -> dict[str, Any]:
    files: dict[str, Any] = {}
    for section, root in (("configs", "/"), ("secrets", "/run/secrets/")):
        for use in service.get(section) or []:
            definition = answer[section][use["source"]]
            target = posixpath.join(root, use.get("target") or use["source"])
            data = {key: use[key] for key in ("uid", "gid", "mode") if key in use}
            if definition.get("external"):
                files[target] = data | {"external": definition["name"]}
                continue
            content = _content(definition, values)
            if content is None and "file" in definition:
                lost.add((name, Path(definition["file"]).relative_to(folder).as_posix()))
            files[target] = data | {"content": content}
    return files


def _content(definition: dict[str, Any], values: Mapping[str, str]) -> bytes | None:
    if "environment" in definition:
        value = values.get(definition["environment"])
        return None if value in (None, "not given") else str(value).encode()
    if "content" in definition:
        return str(definition["content"]).replace("$$", "$").encode()
    file = Path(definition["file"])
    return file.read_bytes() if file.is_file() else None


def _deploy(data: dict[str, Any]) -> Any:
    deploy = data.get("deploy") or {}
    resources = deploy.setdefault("resources", {})
    for key, (side, name) in _ALIKE.items():
        if data.get(key):
            resources.setdefault(side, {})[name] = data.pop(key)
    if "scale" in data:
        deploy["replicas"] = data.pop("scale")
    if deploy.get("replicas") == 1:
        del deploy["replicas"]
    return _filled(deploy)


def _healthcheck(check: dict[str, Any] | None) -> dict[str, Any]:
    if check and (check.get("disable") or check.get("test") == ["NONE"]):
        return {"disable": True}
    return check or {}


def _filled(value: Any) -> Any:
    """Without empty parts, numbers in one spelling."""
    if isinstance(value, dict):
        filled = {key: _sized(key, _filled(item)) for key, item in value.items()}
        return {key: item for key, item in filled.items() if item not in (None, {}, [])}
    return value


def _sized(key: str, value: Any) -> Any:
    if key in _SIZES and value is not None and not isinstance(value, dict):
        return int(value)
    return float(value) if key == "cpus" else value


def _used_networks(answer: dict[str, Any]) -> set[str]:
    return {name for item in answer["services"].values() for name in item.get("networks") or {}}


def _used_volumes(answer: dict[str, Any]) -> set[str]:
    volumes = [volume for item in answer["services"].values() for volume in item.get("volumes") or []]
    return {volume.get("source", "") for volume in volumes if volume["type"] == "volume"}


def _resources(answer: dict[str, Any], section: str, used: set[str]) -> dict[str, Any]:
    result = {}
    for key in used & (answer.get(section) or {}).keys():
        data = {name: value for name, value in answer[section][key].items() if value not in (None, {}, "")}
        if data.get("name") == f"{answer['name']}_{key}":
            del data["name"]
        result[key] = data
    return result
