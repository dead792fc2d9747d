"""Every short form of a Compose file → its long one, so that files merge key by key. References stay."""

from collections.abc import Callable

from pydantic import JsonValue

from apps_app.formats.compose import key_normalizers, short_syntax
from apps_app.formats.compose.errors import Weight
from apps_app.formats.compose.source_file import Place, Source, Tree, as_list, as_map, is_name, literal_keys
from apps_app.formats.compose.yaml_scalars import entry_text
from templates_app.appspec.interpolation import syntax


def volumes(place: Place, value: JsonValue) -> JsonValue:
    """Each as a long form, its target cleaned, a relative source as a path among the given files."""
    return [
        _long_volume(place, item) if isinstance(item, dict) else _volume(place, entry_text(item))
        for item in as_list(value)
    ]


def _volume(place: Place, entry: str) -> JsonValue:
    tree = as_map(place.split(entry, short_syntax.volume))
    source = tree.get("source")
    if not isinstance(source, str):
        return {"type": "volume", **tree}
    known = place.source.text(source)
    if not short_syntax.is_path(known):
        return {"type": "volume", **tree, "source": _named(place, source, known)}
    bind = {**as_map(tree.get("bind")), "create_host_path": True}
    return {"type": "bind", **tree, "source": _place_of(place, source, known), "bind": bind}


def _long_volume(place: Place, entry: Tree) -> Tree:
    data = dict(entry)
    if isinstance(target := data.get("target"), str):
        data["target"] = target if "$" in target else short_syntax.clean(target)
    source = data.get("source")
    if isinstance(source, str):
        known = place.source.text(source)
        kinds = {"bind": _place_of, "volume": _named}
        if form := kinds.get(place.source.text(data.get("type"))):
            data["source"] = form(place, source, known)
    return as_map(literal_keys(data))


def _named(place: Place, source: str, known: str) -> str:
    if source != known:
        place.source.report.notice(
            place.name, place.key, f"the volume '{source}' is '{known}' from now on", weight=Weight.CHANGED
        )
    return known


def _place_of(place: Place, source: str, known: str) -> str:
    """The source of a bind mount: an absolute path as it is written, a relative one as a path among the files."""
    if known.startswith(("/", "~")) or known[1:2] == ":":
        return source
    return "./" + syntax.literal(place.source.path(known))


_SECTIONS = ("networks", "volumes", "configs", "secrets")

type Form = Callable[[Place, JsonValue], JsonValue]


def canonical(source: Source, tree: Tree) -> Tree:
    """The file with all of its services and top-level entries in long form."""
    services: Tree = {
        name: service(source, name, as_map(value)) for name, value in as_map(tree.get("services")).items()
    }
    message: Tree = {"services": services}
    for section in _SECTIONS:
        entries = as_map(tree.get(section))
        message[section] = {name: _entry(source, section, name, as_map(value)) for name, value in entries.items()}
    _note_lost(source, tree)
    return message


def _note_lost(source: Source, tree: Tree) -> None:
    for key in tree.keys() - {*_SECTIONS, "services", "include", "name", "version"}:
        if key.startswith("x-"):
            message = "is not carried: Compose passes over it too, and what refers to it has it"
            source.report.notice("", key, message)
        else:
            source.report.notice("", key, "is not carried: there is nothing like it here", weight=Weight.LOST)


def service(source: Source, name: str, tree: Tree) -> Tree:
    """One service in long form. Keys that Compose does not interpolate get their dollars doubled."""
    result: Tree = {}
    for key, value in tree.items():
        form = _FORMS.get(key)
        result[key] = form(Place(source, "services", name, key), value) if form else literal_keys(value)
    return result


def _entry(source: Source, section: str, name: str, tree: Tree) -> Tree:
    result = {key: literal_keys(value) for key, value in tree.items()}
    external = tree.get("external")
    if isinstance(external, dict):
        result |= {"external": True, "name": external.get("name", tree.get("name", name))}
    elif external is not None:
        result["external"] = source.text(external).lower() in ("true", "yes", "on", "y", "1")
    if "labels" in tree:
        result["labels"] = key_normalizers.filled_pairs(Place(source, section, name, "labels"), tree["labels"])
    if isinstance(variable := tree.get("environment"), str):
        result["environment"] = _variable(source, f"{section}.{name}.environment", variable)
    if isinstance(file := tree.get("file"), str):
        result["file"] = source.path(source.text(file))
    return result


def _variable(source: Source, path: str, text: str) -> str:
    known = source.text(text)
    if not is_name(known):
        source.report.fault(path, f"'{known}' is no name of a variable")
    return known


_FORMS: dict[str, Form] = {
    "annotations": key_normalizers.filled_pairs,
    "cap_add": key_normalizers.texts,
    "cap_drop": key_normalizers.texts,
    "command": key_normalizers.words,
    "configs": key_normalizers.uses,
    "depends_on": key_normalizers.dependencies,
    "deploy": key_normalizers.deploy,
    "dns": key_normalizers.texts,
    "dns_opt": key_normalizers.texts,
    "dns_search": key_normalizers.texts,
    "entrypoint": key_normalizers.words,
    "env_file": key_normalizers.env_files,
    "environment": key_normalizers.pairs,
    "expose": key_normalizers.exposed,
    "extends": key_normalizers.extends,
    "extra_hosts": key_normalizers.hosts,
    "group_add": key_normalizers.texts,
    "healthcheck": key_normalizers.healthcheck,
    "label_file": key_normalizers.env_files,
    "labels": key_normalizers.filled_pairs,
    "networks": key_normalizers.names,
    "ports": key_normalizers.ports,
    "profiles": key_normalizers.texts,
    "secrets": key_normalizers.uses,
    "sysctls": key_normalizers.filled_pairs,
    "tmpfs": key_normalizers.tmpfs,
    "volumes": volumes,
}
