"""Document → Compose files that mean the same, in a text that stays stable from commit to commit."""

from collections.abc import Mapping

from pydantic import JsonValue

from apps_app.sources.compose.emit import emit
from apps_app.sources.compose.write_files import Files
from apps_app.sources.compose.write_service import service
from apps_app.sources.compose.write_text import demanding, interpolated_nowhere
from templates_app.spec.dump import tree
from templates_app.spec.model import AppSpec, Network, Volume

MAIN_FILE = "compose.yaml"

type Tree = dict[str, JsonValue]


def to_compose(spec: AppSpec, *, secrets: frozenset[str] = frozenset()) -> dict[str, bytes]:
    """The files of a Compose project by relative path: `compose.yaml`, and config files under `files/`.

    `spec` is rendered; what it still refers to must be in `secrets` and is demanded from the environment
    (`${NAME?…}`). A spec that is not rendered is written with its references as they are.
    """
    files = Files(secrets)
    services: Tree = {key: service(key, spec.components[key], files) for key in sorted(spec.components)}
    whole: Tree = {"services": services}
    whole |= _section("networks", {key: _network(one) for key, one in spec.networks.items()})
    whole |= _section("volumes", {key: _volume(one) for key, one in spec.volumes.items()})
    whole |= _section("configs", files.configs)
    whole |= _section("secrets", files.secrets)
    text = emit(demanding(interpolated_nowhere(whole), secrets))
    return {MAIN_FILE: text, **dict(sorted(files.contents.items()))}


def _section(name: str, entries: Mapping[str, JsonValue]) -> Tree:
    return {name: {key: entries[key] for key in sorted(entries)}} if entries else {}


def _volume(volume: Volume) -> JsonValue:
    return _renamed(tree(volume)) or None


def _network(network: Network) -> JsonValue:
    return _renamed(tree(network)) or None


def _renamed(fields: Tree) -> Tree:
    said = {"driver_opts" if name == "options" else name: value for name, value in fields.items()}
    return {name: said[name] for name in sorted(said)}
