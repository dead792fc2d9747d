"""Every short form of a Compose file → its long one, so that files merge key by key. References stay."""

from collections.abc import Callable

from pydantic import JsonValue

from apps_app.sources.compose import shellwords, short
from apps_app.sources.compose.errors import Weight
from apps_app.sources.compose.scalar import as_text
from apps_app.sources.compose.source import Source, Tree, as_list, as_map
from templates_app.spec import text
from templates_app.spec.text import TextError

_SECTIONS = ("networks", "volumes", "configs", "secrets")

type Form = Callable[["Place", JsonValue], JsonValue]


class Place:
    """One key of one service (or of a top-level entry): where a form is read, for what is said about it."""

    def __init__(self, source: Source, section: str, name: str, key: str) -> None:
        self.source, self.section, self.name, self.key = source, section, name, key

    @property
    def path(self) -> str:
        return f"{self.section}.{self.name}.{self.key}"

    def split(self, entry: str, form: Callable[[str], JsonValue]) -> JsonValue:
        """The entry taken apart; null, and a fault, where it cannot be."""
        try:
            value, kept = self.source.variables.split(entry, form)
        except (ValueError, TextError) as error:
            self.source.report.fault(self.path, str(error))
            return None
        if not kept:
            self.source.report.notice(
                self.name if self.section == "services" else "",
                self.key,
                f"'{entry}' was read with the values given now, because its form hangs on them",
                "Its variables are no parameters here; edit the component to change it",
                Weight.CHANGED,
            )
        return value


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
        result["labels"] = _filled_pairs(Place(source, section, name, "labels"), said["labels"])
    if isinstance(file := said.get("file"), str):
        result["file"] = source.path(source.text(file))
    return result


def literal_keys(value: JsonValue) -> JsonValue:
    """The value with each dollar in its keys doubled: what was no reference becomes none."""
    if isinstance(value, dict):
        return {text.literal(key): literal_keys(one) for key, one in value.items()}
    return [literal_keys(one) for one in value] if isinstance(value, list) else value


def _pairs(place: Place, value: JsonValue) -> JsonValue:
    """A map, or a list of NAME=VALUE → a map of texts; null for a name without a value."""
    if isinstance(value, dict):
        return {text.literal(key): None if one is None else _text(one) for key, one in value.items()}
    found: Tree = {}
    for entry in as_list(value):
        match place.split(_text(entry), short.pair):
            case [str(name), str(said)]:
                found[name] = said
            case [str(name)]:
                found[name] = None
    return found


def _text(value: JsonValue) -> str:
    return as_text(value) if not isinstance(value, list | dict) else ""


def _filled_pairs(place: Place, value: JsonValue) -> JsonValue:
    return {name: said or "" for name, said in as_map(_pairs(place, value)).items()}


def _words(place: Place, value: JsonValue) -> JsonValue:
    if not isinstance(value, str):
        return None if value is None else [_text(one) for one in as_list(value)]
    if shellwords.cut_short(place.source.variables.plain(value)):
        place.source.report.notice(
            place.name,
            place.key,
            "Compose starts no shell: it ends this command before the first ; & | < or > outside quotes",
            "Write it as a list, with a shell of its own, to run all of it",
            Weight.CHANGED,
        )
    return place.split(value, lambda line: list(shellwords.split(line)))


def _ports(place: Place, value: JsonValue) -> JsonValue:
    found: list[JsonValue] = []
    for entry in as_list(value):
        if isinstance(entry, dict):
            found.append(_long_port(place, entry))
        else:
            found += as_list(place.split(_text(entry), short.ports))
    return found


def _long_port(place: Place, entry: Tree) -> Tree:
    said: Tree = {"protocol": "tcp", "mode": "ingress"}
    said.update((name, _text(one)) for name, one in entry.items())
    try:
        said["binding"] = short.binding(str(said.pop("host_ip", "")), str(said.pop("published", "")))
    except ValueError as error:
        place.source.report.fault(place.path, str(error))
    return said


def _exposed(place: Place, value: JsonValue) -> JsonValue:
    return [port for entry in as_list(value) for port in as_list(place.split(_text(entry), short.exposed))]


def _volumes(place: Place, value: JsonValue) -> JsonValue:
    return [_long_volume(place, one) if isinstance(one, dict) else _volume(place, _text(one)) for one in as_list(value)]


def _volume(place: Place, entry: str) -> JsonValue:
    said = as_map(place.split(entry, short.volume))
    source = said.get("source")
    if not isinstance(source, str):
        return {"type": "volume", **said}
    known = place.source.text(source)
    if not short.is_path(known):
        return {"type": "volume", **said, "source": _named(place, source, known)}
    bind = {**as_map(said.get("bind")), "create_host_path": True}
    return {"type": "bind", **said, "source": _place_of(place, source, known), "bind": bind}


def _long_volume(place: Place, entry: Tree) -> Tree:
    said = dict(entry)
    if isinstance(target := said.get("target"), str):
        said["target"] = target if "$" in target else short.clean(target)
    source = said.get("source")
    if isinstance(source, str):
        known = place.source.text(source)
        kinds = {"bind": _place_of, "volume": _named}
        if form := kinds.get(place.source.text(said.get("type"))):
            said["source"] = form(place, source, known)
    return as_map(literal_keys(said))


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
    return "./" + text.literal(place.source.path(known))


def _tmpfs(place: Place, value: JsonValue) -> JsonValue:
    return [place.split(_text(entry), short.tmpfs) for entry in as_list(value)]


def _uses(place: Place, value: JsonValue) -> JsonValue:
    """configs and secrets of a service."""
    return [one if isinstance(one, dict) else {"source": place.source.text(_text(one))} for one in as_list(value)]


def _dependencies(place: Place, value: JsonValue) -> JsonValue:
    defaults: Tree = {"condition": "service_started", "required": True}
    if isinstance(value, dict):
        return {key: defaults | as_map(one) for key, one in value.items()}
    return {place.source.text(_text(one)): dict(defaults) for one in as_list(value)}


def _names(place: Place, value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: literal_keys(one) for key, one in value.items()}
    return {place.source.text(_text(one)): None for one in as_list(value)}


def _env_files(place: Place, value: JsonValue) -> JsonValue:
    entries = [one if isinstance(one, dict) else {"path": one} for one in as_list(value)]
    return [{**one, "path": place.source.path(place.source.text(one.get("path")))} for one in entries]


def _hosts(place: Place, value: JsonValue) -> JsonValue:
    if not isinstance(value, dict):
        return [place.split(_text(one), short.host) for one in as_list(value)]
    pairs = [(key, one) for key, said in value.items() for one in as_list(said)]
    return [f"{text.literal(key)}={_text(one).strip('[]')}" for key, one in sorted(pairs, key=lambda one: one[0])]


def _texts(_: Place, value: JsonValue) -> JsonValue:
    return list(dict.fromkeys(_text(one) for one in as_list(value)))


def _extends(place: Place, value: JsonValue) -> JsonValue:
    said = value if isinstance(value, dict) else {"service": value}
    known: Tree = {"service": place.source.text(said.get("service"))}
    return known | ({"file": place.source.path(place.source.text(said["file"]))} if said.get("file") else {})


def _deploy(place: Place, value: JsonValue) -> JsonValue:
    said = as_map(literal_keys(value))
    if "labels" in said:
        said["labels"] = _filled_pairs(place, as_map(value)["labels"])
    return said


def _healthcheck(_: Place, value: JsonValue) -> JsonValue:
    said = dict(as_map(value))
    if isinstance(test := said.get("test"), str):
        said["test"] = ["CMD-SHELL", test]
    return said


_FORMS: dict[str, Form] = {
    "annotations": _filled_pairs,
    "cap_add": _texts,
    "cap_drop": _texts,
    "command": _words,
    "configs": _uses,
    "depends_on": _dependencies,
    "deploy": _deploy,
    "dns": _texts,
    "dns_opt": _texts,
    "dns_search": _texts,
    "entrypoint": _words,
    "env_file": _env_files,
    "environment": _pairs,
    "expose": _exposed,
    "extends": _extends,
    "extra_hosts": _hosts,
    "group_add": _texts,
    "healthcheck": _healthcheck,
    "label_file": _env_files,
    "labels": _filled_pairs,
    "networks": _names,
    "ports": _ports,
    "profiles": _texts,
    "secrets": _uses,
    "sysctls": _filled_pairs,
    "tmpfs": _tmpfs,
    "volumes": _volumes,
}
