"""The short forms of a service's keys → their long ones: one function a form. References stay."""

from pydantic import JsonValue

from apps_app.formats.compose import short_syntax
from apps_app.formats.compose.errors import Weight
from apps_app.formats.compose.source_file import Place, Tree, as_list, as_map, literal_keys
from apps_app.formats.compose.yaml_scalars import entry_text
from templates_app.appspec.interpolation import syntax

_SPACES = " \t\r\n"
_ENDS = ";&|<>"


def split(line: str) -> tuple[str, ...]:
    """The words. An unquoted `;`, `&`, `|`, `<` or `>` ends the command. Raises ValueError for an open quote."""
    words: list[str] = []
    word: str | None = None
    quote = ""
    escaped = False
    for character in line:
        if escaped:
            word, escaped = (word or "") + character, False
        elif character == "\\" and quote != "'":
            escaped = True
        elif character in _SPACES and not quote:
            words += [] if word is None else [word]
            word = None
        elif character in "'\"" and quote in ("", character):
            quote = "" if quote else character
            word = word or ""
        elif character in _ENDS and not quote:
            break
        elif character in "()" and not quote:
            raise ValueError("holds a bracket outside quotes")
        else:
            word = (word or "") + character
    if quote or escaped:
        raise ValueError("has a quote that is not closed" if quote else "ends in a backslash")
    return tuple(words if word is None else [*words, word])


def cut_short(line: str) -> bool:
    """Whether an operator of the shell outside quotes ends the command before the line's end."""
    quote = ""
    escaped = False
    for character in line:
        if escaped:
            escaped = False
        elif character == "\\" and quote != "'":
            escaped = True
        elif character in "'\"" and quote in ("", character):
            quote = "" if quote else character
        elif character in _ENDS and not quote:
            return True
    return False


def pairs(place: Place, value: JsonValue) -> JsonValue:
    """A map, or a list of NAME=VALUE → a map of texts; null for a name without a value."""
    if isinstance(value, dict):
        return {syntax.literal(key): None if item is None else entry_text(item) for key, item in value.items()}
    tree: Tree = {}
    for entry in as_list(value):
        match place.split(entry_text(entry), short_syntax.pair):
            case [str(name), str(said)]:
                tree[name] = said
            case [str(name)]:
                tree[name] = None
    return tree


def filled_pairs(place: Place, value: JsonValue) -> JsonValue:
    """The same, with an empty text for a name without a value."""
    return {name: message or "" for name, message in as_map(pairs(place, value)).items()}


def words(place: Place, value: JsonValue) -> JsonValue:
    """A command: a list, or a line that is split; null stays."""
    if not isinstance(value, str):
        return None if value is None else [entry_text(item) for item in as_list(value)]
    if cut_short(place.source.variables.plain(value)):
        place.source.report.notice(
            place.name,
            place.key,
            "Compose starts no shell: it ends this command before the first ; & | < or > outside quotes",
            "Write it as a list, with a shell of its own, to run all of it",
            Weight.CHANGED,
        )
    return place.split(value, lambda line: list(split(line)))


def ports(place: Place, value: JsonValue) -> JsonValue:
    """Ports in long form, the address of the host as one text."""
    result: list[JsonValue] = []
    for entry in as_list(value):
        if isinstance(entry, dict):
            result.append(_long_port(place, entry))
        else:
            result += as_list(place.split(entry_text(entry), short_syntax.ports))
    return result


def _long_port(place: Place, entry: Tree) -> Tree:
    tree: Tree = {"protocol": "tcp", "mode": "ingress"}
    tree.update((name, entry_text(value)) for name, value in entry.items())
    try:
        tree["binding"] = short_syntax.binding(str(tree.pop("host_ip", "")), str(tree.pop("published", "")))
    except ValueError as error:
        place.source.report.fault(place.path, str(error))
    return tree


def exposed(place: Place, value: JsonValue) -> JsonValue:
    """Ports with their protocol."""
    return [port for entry in as_list(value) for port in as_list(place.split(entry_text(entry), short_syntax.exposed))]


def tmpfs(place: Place, value: JsonValue) -> JsonValue:
    """Temporary file systems as mounts."""
    return [place.split(entry_text(entry), short_syntax.tmpfs) for entry in as_list(value)]


def uses(place: Place, value: JsonValue) -> JsonValue:
    """configs and secrets of a service."""
    return [
        item if isinstance(item, dict) else {"source": place.source.text(entry_text(item))} for item in as_list(value)
    ]


def dependencies(place: Place, value: JsonValue) -> JsonValue:
    """A map of conditions."""
    defaults: Tree = {"condition": "service_started", "required": True}
    if isinstance(value, dict):
        return {key: defaults | as_map(item) for key, item in value.items()}
    return {place.source.text(entry_text(item)): dict(defaults) for item in as_list(value)}


def names(place: Place, value: JsonValue) -> JsonValue:
    """A map, from a map or a list of names."""
    if isinstance(value, dict):
        return {key: literal_keys(item) for key, item in value.items()}
    return {place.source.text(entry_text(item)): None for item in as_list(value)}


def env_files(place: Place, value: JsonValue) -> JsonValue:
    """Files with their paths among the given ones."""
    entries = [item if isinstance(item, dict) else {"path": item} for item in as_list(value)]
    return [{**entry, "path": place.source.path(place.source.text(entry.get("path")))} for entry in entries]


def hosts(place: Place, value: JsonValue) -> JsonValue:
    """A list of NAME=ADDRESS."""
    if not isinstance(value, dict):
        return [place.split(entry_text(item), short_syntax.host) for item in as_list(value)]
    pairs = [(key, item) for key, message in value.items() for item in as_list(message)]
    return [
        f"{syntax.literal(key)}={entry_text(item).strip('[]')}"
        for key, item in sorted(pairs, key=lambda items: items[0])
    ]


def texts(_: Place, value: JsonValue) -> JsonValue:
    """A list of texts, each once."""
    return list(dict.fromkeys(entry_text(item) for item in as_list(value)))


def extends(place: Place, value: JsonValue) -> JsonValue:
    """The service, and the file where one is named."""
    data = value if isinstance(value, dict) else {"service": value}
    known: Tree = {"service": place.source.text(data.get("service"))}
    return known | ({"file": place.source.path(place.source.text(data["file"]))} if data.get("file") else {})


def deploy(place: Place, value: JsonValue) -> JsonValue:
    """As it is, with its labels as a map."""
    tree = as_map(literal_keys(value))
    if "labels" in tree:
        tree["labels"] = filled_pairs(place, as_map(value)["labels"])
    return tree


def healthcheck(_: Place, value: JsonValue) -> JsonValue:
    """As it is, with its test as a list."""
    data = dict(as_map(value))
    if isinstance(test := data.get("test"), str):
        data["test"] = ["CMD-SHELL", test]
    return data
