"""Config files of components → Compose configs and secrets, and the files they are read from."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from apps_app.formats.compose.yaml_writer import Octal
from templates_app.appspec.interpolation import syntax
from templates_app.appspec.interpolation.syntax import Reference
from templates_app.appspec.schema.component import ConfigFile

type Tree = dict[str, JsonValue]

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass
class Files:
    """Collects the top-level `configs` and `secrets` of one project and the contents of its files."""

    secret_names: frozenset[str]
    configs: Tree = field(default_factory=dict)
    secrets: Tree = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)

    def add(self, component: str, files: Mapping[str, ConfigFile]) -> Tree:
        """Takes a component's files in; what its service says of them: `configs` and `secrets`."""
        used: dict[str, list[JsonValue]] = {"configs": [], "secrets": []}
        for path in sorted(files):
            section, source = self._define(component, path, files[path])
            used[section].append(_use(source, path, files[path]))
        return {section: uses for section, uses in used.items() if uses}

    def _define(self, component: str, path: str, file: ConfigFile) -> tuple[str, str]:
        section = "secrets" if file.secret and (file.external or self._secret_of(file)) else "configs"
        entries = self.secrets if section == "secrets" else self.configs
        definition = self._definition(component, path, file)
        return section, _place(entries, self._wanted_name(component, path, file), definition)

    def _definition(self, component: str, path: str, file: ConfigFile) -> Tree:
        if file.external:
            return {"external": True, "name": file.external}
        if name := self._secret_of(file):
            return {"environment": name}
        if file.interpolate and file.encoding == "text" and syntax.names(file.content):
            return {"content": file.content}
        return {"file": f"./{self._write(component, path, _bytes(file))}"}

    def _wanted_name(self, component: str, path: str, file: ConfigFile) -> str:
        text = file.external or self._secret_of(file) or f"{component}-{path}"
        return _NOT_IN_A_NAME.sub("-", text).strip("-").lower() or "file"

    def _secret_of(self, file: ConfigFile) -> str:
        """The one secret that is all of the file's content, or ""."""
        if not (file.secret and file.interpolate):
            return ""
        match syntax.pieces(file.content):
            case (Reference(name=name, operator=""),) if name in self.secret_names or not self.secret_names:
                return name
        return ""

    def _write(self, component: str, path: str, content: bytes) -> str:
        parts = [part for part in path.split("/") if part not in ("", ".", "..")]
        desired = "/".join(["files", component, *parts])
        while self.contents.get(desired, content) != content:
            desired += "_"
        self.contents[desired] = content
        return desired


def _place(entries: Tree, desired: str, definition: Tree) -> str:
    name, count = desired, 1
    while entries.get(name, definition) != definition:
        count += 1
        name = f"{desired}-{count}"
    entries[name] = definition
    return name


def _bytes(file: ConfigFile) -> bytes:
    if file.encoding == "base64":
        return base64.b64decode(file.content)
    return (syntax.plain(file.content, {}) if file.interpolate else file.content).encode()


def _use(source: str, path: str, file: ConfigFile) -> Tree:
    use: Tree = {"source": source, "target": path}
    use |= {name: value for name, value in (("uid", file.uid), ("gid", file.gid)) if value}
    if file.mode is not None:
        use["mode"] = file.mode if "$" in file.mode else Octal(file.mode, 8)
    return use
