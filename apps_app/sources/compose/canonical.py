"""Every short form of a Compose file → its long one, so that files merge key by key. References stay."""

from collections.abc import Callable

from pydantic import JsonValue

from apps_app.sources.compose import forms
from apps_app.sources.compose.errors import Weight
from apps_app.sources.compose.place import Place
from apps_app.sources.compose.source import Source, Tree, as_map, is_name, literal_keys
from apps_app.sources.compose.volumes import volumes

_SECTIONS = ("networks", "volumes", "configs", "secrets")

type Form = Callable[[Place, JsonValue], JsonValue]


def canonical(source: Source, tree: Tree) -> Tree:
    """The file with all of its services and top-level entries in long form."""
    services: Tree = {name: service(source, name, as_map(one)) for name, one in as_map(tree.get("services")).items()}
    said: Tree = {"services": services}
    for section in _SECTIONS:
        entries = as_map(tree.get(section))
        said[section] = {name: _entry(source, section, name, as_map(one)) for name, one in entries.items()}
    _note_lost(source, tree)
    return said


def _note_lost(source: Source, tree: Tree) -> None:
    for key in tree.keys() - {*_SECTIONS, "services", "include", "name", "version"}:
        if key.startswith("x-"):
            message = "is not carried: Compose passes over it too, and what refers to it has it"
            source.report.notice("", key, message)
        else:
            source.report.notice("", key, "is not carried: there is nothing like it here", weight=Weight.LOST)


def service(source: Source, name: str, said: Tree) -> Tree:
    """One service in long form. Keys that Compose does not interpolate get their dollars doubled."""
    result: Tree = {}
    for key, value in said.items():
        form = _FORMS.get(key)
        result[key] = form(Place(source, "services", name, key), value) if form else literal_keys(value)
    return result


def _entry(source: Source, section: str, name: str, said: Tree) -> Tree:
    result = {key: literal_keys(value) for key, value in said.items()}
    external = said.get("external")
    if isinstance(external, dict):
        result |= {"external": True, "name": external.get("name", said.get("name", name))}
    elif external is not None:
        result["external"] = source.text(external).lower() in ("true", "yes", "on", "y", "1")
    if "labels" in said:
        result["labels"] = forms.filled_pairs(Place(source, section, name, "labels"), said["labels"])
    if isinstance(variable := said.get("environment"), str):
        result["environment"] = _variable(source, f"{section}.{name}.environment", variable)
    if isinstance(file := said.get("file"), str):
        result["file"] = source.path(source.text(file))
    return result


def _variable(source: Source, path: str, said: str) -> str:
    known = source.text(said)
    if not is_name(known):
        source.report.fault(path, f"'{known}' is no name of a variable")
    return known


_FORMS: dict[str, Form] = {
    "annotations": forms.filled_pairs,
    "cap_add": forms.texts,
    "cap_drop": forms.texts,
    "command": forms.words,
    "configs": forms.uses,
    "depends_on": forms.dependencies,
    "deploy": forms.deploy,
    "dns": forms.texts,
    "dns_opt": forms.texts,
    "dns_search": forms.texts,
    "entrypoint": forms.words,
    "env_file": forms.env_files,
    "environment": forms.pairs,
    "expose": forms.exposed,
    "extends": forms.extends,
    "extra_hosts": forms.hosts,
    "group_add": forms.texts,
    "healthcheck": forms.healthcheck,
    "label_file": forms.env_files,
    "labels": forms.filled_pairs,
    "networks": forms.names,
    "ports": forms.ports,
    "profiles": forms.texts,
    "secrets": forms.uses,
    "sysctls": forms.filled_pairs,
    "tmpfs": forms.tmpfs,
    "volumes": volumes,
}
