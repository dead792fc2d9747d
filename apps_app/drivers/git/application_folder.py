"""An application's folder as a mapping from path to content: `compose.yaml` and its files for Compose, `.uplift/` for
Uplift to know what it wrote."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from apps_app.drivers.git.component_document import Document
from apps_app.drivers.git.service_digests import marks
from apps_app.formats.compose.write import to_compose
from templates_app.appspec.schema.model import AppSpec, Network, Volume

COMPOSE = "compose.yaml"
EXAMPLE = "secrets.env.example"
APPLICATION = ".uplift/application.json"
_COMPONENTS = ".uplift/components/"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Folder:
    """What Uplift knows of a folder: whose it is, the components, and which of its files are Uplift's."""

    uid: str
    documents: Mapping[str, Document] = field(default_factory=dict)
    owned: frozenset[str] = frozenset()


def read_folder(files: Mapping[str, bytes]) -> Folder | None:
    """The folder as Uplift left it; None where it is not Uplift's. Raises ValueError when `.uplift/` is damaged."""
    if APPLICATION not in files:
        return None
    try:
        message = json.loads(files[APPLICATION])
        documents = {
            path.removeprefix(_COMPONENTS).removesuffix(".json"): Document.of_plain(json.loads(data))
            for path, data in files.items()
            if path.startswith(_COMPONENTS)
        }
        return Folder(str(message["uid"]), documents, frozenset(message["files"]) | {APPLICATION})
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{APPLICATION.partition('/')[0]}/ is damaged: {error}") from error


def write_folder(uid: str, documents: Mapping[str, Document]) -> dict[str, bytes]:
    """Every file of the folder; none when no component is left. Raises ValueError for what Compose cannot say."""
    if not documents:
        return {}
    files = dict(to_compose(_spec(documents), secrets=names_of_secrets(documents)))
    if names_of_secrets(documents):
        files[EXAMPLE] = _example(documents)
    result = marks(files[COMPOSE], files)
    for key, document in documents.items():
        files[document_path(key)] = replace(document, mark=result[key]).text()
    about = {"format": _FORMAT, "uid": uid, "files": sorted(files)}
    files[APPLICATION] = (json.dumps(about, indent=2) + "\n").encode()
    return files


def document_path(key: str) -> str:
    """Where the folder keeps what Uplift knows of a component."""
    return f"{_COMPONENTS}{key}.json"


def overlaid(documents: Mapping[str, Document], changes: Mapping[str, Document | None]) -> dict[str, Document]:
    """The documents after some changes; what the changed ones say of a volume or network holds for all."""
    result = {key: document for key, document in documents.items() if key not in changes}
    changed = {key: document for key, document in changes.items() if document is not None}
    volumes = {name: volume for document in changed.values() for name, volume in document.volumes.items()}
    networks = {name: network for document in changed.values() for name, network in document.networks.items()}
    return {key: _redefined(document, volumes, networks) for key, document in sorted((result | changed).items())}


def _redefined(document: Document, volumes: Mapping[str, Volume], networks: Mapping[str, Network]) -> Document:
    return replace(
        document,
        volumes={name: volumes.get(name, volume) for name, volume in document.volumes.items()},
        networks={name: networks.get(name, network) for name, network in document.networks.items()},
    )


def _spec(documents: Mapping[str, Document]) -> AppSpec:
    return AppSpec(
        components={key: document.component for key, document in documents.items()},
        volumes={name: volume for document in documents.values() for name, volume in document.volumes.items()},
        networks={name: network for document in documents.values() for name, network in document.networks.items()},
    )


def names_of_secrets(documents: Mapping[str, Document]) -> frozenset[str]:
    """The secret parameters that the components refer to."""
    return frozenset(name for document in documents.values() for name in document.secrets)


def _example(documents: Mapping[str, Document]) -> bytes:
    """Names only, and as comments: what was not filled in is not set, so that Compose asks for it."""
    lines = [
        f"# What {COMPOSE} needs and this repository does not hold. Copy this file, fill it in, and start with:",
        "#   docker compose --env-file FILE up",
    ]
    for name in sorted(names_of_secrets(documents)):
        users = ", ".join(key for key, document in sorted(documents.items()) if name in document.secrets)
        lines += [f"# for {users}", f"# {name}="]
    return ("\n".join(lines) + "\n").encode()
