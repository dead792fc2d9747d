"""Document → Compose files that mean the same, in a text that stays stable from commit to commit."""

from collections.abc import Mapping

from pydantic import JsonValue

from apps_app.formats.compose.write_files import Files
from apps_app.formats.compose.write_service import service
from apps_app.formats.compose.yaml_writer import emit
from templates_app.appspec.interpolation import syntax
from templates_app.appspec.interpolation.syntax import Piece, Reference
from templates_app.appspec.schema.model import AppSpec, Network, Volume
from templates_app.appspec.schema.serialize import tree

type Tree = dict[str, JsonValue]


def interpolated_nowhere(tree: Tree) -> Tree:
    """The tree with `$$` in its keys as the one dollar that Compose would read there."""
    return {_key(key): _keys_of(value) for key, value in tree.items()}


def demanding(tree: Tree, secrets: frozenset[str]) -> Tree:
    """The tree with each bare reference to a secret as `${NAME?…}`, so that Compose refuses where it is not set."""
    return {key: _demanding(value, secrets) for key, value in tree.items()}


def _keys_of(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return interpolated_nowhere(value)
    return [_keys_of(item) for item in value] if isinstance(value, list) else value


def _key(key: str) -> str:
    return key if "$" not in key or syntax.names(key) else syntax.plain(key, {})


def _demanding(value: JsonValue, secrets: frozenset[str]) -> JsonValue:
    if isinstance(value, dict):
        return demanding(value, secrets)
    if isinstance(value, list):
        return [_demanding(item, secrets) for item in value]
    if isinstance(value, str) and "$" in value and secrets & syntax.names(value):
        return "".join(_piece(piece, secrets) for piece in syntax.pieces(value))
    return value


def _piece(piece: Piece, secrets: frozenset[str]) -> str:
    if isinstance(piece, str):
        return syntax.literal(piece)
    if piece.operator:
        return f"${{{piece.name}{piece.operator}{''.join(_piece(item, secrets) for item in piece.argument)}}}"
    return _demand(piece) if piece.name in secrets else piece.source


def _demand(reference: Reference) -> str:
    return f"${{{reference.name}?set {reference.name}, a secret that is kept beside these files}}"


MAIN_FILE = "compose.yaml"


def to_compose(spec: AppSpec, *, secrets: frozenset[str] = frozenset()) -> dict[str, bytes]:
    """The files of a Compose project by relative path: `compose.yaml`, and config files under `files/`.

    `spec` is rendered; what it still refers to must be in `secrets` and is demanded from the environment
    (`${NAME?…}`). A spec that is not rendered is written with its references as they are.
    """
    files = Files(secrets)
    services: Tree = {key: service(key, spec.components[key], files) for key in sorted(spec.components)}
    tree: Tree = {"services": services}
    tree |= _section("networks", {key: _network(network) for key, network in spec.networks.items()})
    tree |= _section("volumes", {key: _volume(volume) for key, volume in spec.volumes.items()})
    tree |= _section("configs", files.configs)
    tree |= _section("secrets", files.secrets)
    text = emit(demanding(interpolated_nowhere(tree), secrets))
    return {MAIN_FILE: text, **dict(sorted(files.contents.items()))}


def _section(name: str, entries: Mapping[str, JsonValue]) -> Tree:
    return {name: {key: entries[key] for key in sorted(entries)}} if entries else {}


def _volume(volume: Volume) -> JsonValue:
    return _renamed(tree(volume)) or None


def _network(network: Network) -> JsonValue:
    return _renamed(tree(network)) or None


def _renamed(fields: Tree) -> Tree:
    data = {"driver_opts" if name == "options" else name: value for name, value in fields.items()}
    return {name: data[name] for name in sorted(data)}
