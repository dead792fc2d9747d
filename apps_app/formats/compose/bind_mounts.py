"""What a service reads from disk → mounts and config files of its component."""

import base64
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from apps_app.formats.compose.errors import Weight
from apps_app.formats.compose.source_file import Report, Tree, as_list, as_map
from templates_app.appspec.interpolation import syntax


@dataclass
class Carrier:
    """Carries files of the folder and the project's configs and secrets into components.

    `secrets` collects the values of secret parameters that were made on the way, `demanded` those without a value.
    """

    files: Mapping[str, bytes]
    project: Tree
    values: Mapping[str, str]
    report: Report
    secrets: dict[str, str] = field(default_factory=dict)
    demanded: set[str] = field(default_factory=set)

    def mounts(self, name: str, rest: Tree) -> tuple[Tree, Tree, list[JsonValue]]:
        """Takes mounts, temporary file systems, configs and secrets out of a service's keys.

        Three parts: mounts by path, config files by path, and what only the engine knows.
        """
        mounts: Tree = {}
        files: Tree = {}
        remaining: list[JsonValue] = []
        for entry in [*as_list(rest.pop("volumes", None)), *as_list(rest.pop("tmpfs", None))]:
            volume = as_map(entry)
            target = str(volume.get("target") or "")
            if not target:
                self.report.fault(f"services.{name}.volumes", "a mount names no path in the container")
            elif volume.get("type") == "bind" and str(volume.get("source")).startswith("."):
                files |= self._relative(name, str(volume["source"]), target)
            elif volume.get("type") in ("bind", "volume", "tmpfs"):
                self._place(name, mounts, target, self._mount(name, volume))
            else:
                remaining.append(volume)
        for use in as_list(rest.pop("configs", None)):
            files |= self._config(name, as_map(use))
        for use in as_list(rest.pop("secrets", None)):
            files |= self._secret(name, as_map(use))
        return mounts, files, remaining

    def _place(self, name: str, mounts: Tree, target: str, mount: Tree) -> None:
        if target in mounts:
            self.report.fault(f"services.{name}.volumes", f"two mounts at {target}")
        mounts[target] = mount

    def _mount(self, name: str, volume: Tree) -> Tree:
        kind = str(volume["type"])
        own = dict(as_map(volume.get(kind)))
        tree: Tree = {"kind": "host" if kind == "bind" else kind, "source": volume.get("source") or ""}
        if "read_only" in volume:
            tree["read_only"] = volume["read_only"]
        if kind == "tmpfs":
            tree |= {key: value for key, value in (own | volume).items() if key in ("size", "mode")}
            own = {"flags": volume["flags"]} if "flags" in volume else {}
            tree["source"] = ""
        if kind == "bind":
            own = self._host(name, str(volume.get("source")), own)
        if "consistency" in volume:
            own["consistency"] = volume["consistency"]
        return tree | ({"options": own} if own else {})

    def _host(self, name: str, source: str, own: Tree) -> Tree:
        self.report.notice(
            name, "volumes", f"{source} is a path of the host, and stays one", "It must exist on every target"
        )
        created = own.pop("create_host_path", False)
        return own if created in (True, "true") else {**own, "create_host_path": created}

    def _relative(self, name: str, source: str, target: str) -> Tree:
        """Files of the folder, as config files; what was not given is listed."""
        path = posixpath.normpath(syntax.plain(source, {}))
        if path in self.files:
            self._carried(name, path, target)
            return {target: _config_file(self.files[path])}
        inside = (
            {}
            if path == "."
            else {file: self.files[file] for file in sorted(self.files) if file.startswith(f"{path}/")}
        )
        if inside:
            self._carried(name, path, target)
            return {posixpath.join(target, item[len(path) + 1 :]): _config_file(inside[item]) for item in inside}
        self.report.notice(
            name,
            "volumes",
            f"{path} was not carried to {target}: "
            + (
                "the folder of the Compose file itself is no part of an application"
                if path == "."
                else "it was not given"
            ),
            f"{self.report.advice.missing(path)}, put it into the image, or use a volume",
            Weight.LOST,
        )
        return {}

    def _carried(self, name: str, path: str, target: str) -> None:
        self.report.notice(
            name,
            "volumes",
            f"{path} is carried as config files at {target}",
            "Edit them here from now on",
            Weight.CHANGED,
        )

    def _config(self, name: str, use: Tree) -> Tree:
        key = str(use.get("source"))
        config = self._defined("configs", name, key)
        target = str(use.get("target") or f"/{key}")
        target = target if target.startswith(("/", "$")) else f"/{target}"
        if config is None:
            return {}
        if config.get("external"):
            file: Tree = {"external": config.get("name") or key}
        elif "content" in config:
            file = {"content": config["content"], "interpolate": True}
        elif "environment" in config:
            file = {"content": f"${{{config['environment']}}}", "interpolate": True}
        elif str(config.get("file")) in self.files:
            file = _config_file(self.files[str(config["file"])])
        else:
            self._missing(name, "configs", key, config)
            return {}
        return {target: file | _owner(use)}

    def _secret(self, name: str, use: Tree) -> Tree:
        key = str(use.get("source"))
        secret = self._defined("secrets", name, key)
        target = str(use.get("target") or key)
        target = target if target.startswith(("/", "$")) else f"/run/secrets/{target}"
        if secret is None:
            return {}
        if secret.get("external"):
            return {target: {"external": secret.get("name") or key, "secret": True, **_owner(use)}}
        parameter = self._parameter(name, key, secret)
        return {target: {"content": f"${{{parameter}}}", "secret": True, "interpolate": True, **_owner(use)}}

    def _parameter(self, name: str, key: str, secret: Tree) -> str:
        """The secret parameter that holds a secret's content."""
        if isinstance(message := secret.get("environment"), str):
            if message in self.values:
                self.secrets[message] = self.values[message]
            else:
                self.demanded.add(message)
            return message
        content = self.files.get(str(secret.get("file")))
        value = None if content is None else _text_of(content)
        parameter = self._free(parameter_name(key), value)
        if value is not None:
            self.secrets[parameter] = value
            return parameter
        self.demanded.add(parameter)
        file = secret.get("file")
        reason = f"{file} was not given" if content is None else f"{file} is not text"
        action = f"Set {parameter} when you install"
        self.report.notice(name, "secrets", f"the secret '{key}' has no value: {reason}", action, Weight.LOST)
        return parameter

    def _free(self, desired: str, value: str | None) -> str:
        name, count = desired, 1
        while (known := self.secrets.get(name, self.values.get(name))) is not None and known != value:
            count += 1
            name = f"{desired}_{count}"
        return name

    def _defined(self, section: str, name: str, key: str) -> Tree | None:
        known = as_map(self.project.get(section))
        if key not in known:
            self.report.fault(f"services.{name}.{section}", f"'{key}' is not defined under {section}")
            return None
        return as_map(known[key])

    def _missing(self, name: str, section: str, key: str, config: Tree) -> None:
        if "file" in config:
            reason, action = f"{config['file']} was not given", self.report.advice.file
        else:
            reason, action = "it has no content here", "Give it one in the Compose file"
        self.report.notice(name, section, f"'{key}' was not carried: {reason}", action, Weight.LOST)


def parameter_name(key: str) -> str:
    """`db-password` → `DB_PASSWORD`."""
    name = "".join(character if character.isascii() and character.isalnum() else "_" for character in key).upper()
    return f"_{name}" if name[:1].isdigit() else name


def _config_file(content: bytes) -> Tree:
    text = _text_of(content)
    if text is not None:
        return {"content": text}
    return {"content": base64.b64encode(content).decode(), "encoding": "base64"}


def _text_of(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _owner(use: Tree) -> Tree:
    return {key: str(value) if key != "mode" else value for key, value in use.items() if key in ("uid", "gid", "mode")}
