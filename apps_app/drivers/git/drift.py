"""What a folder's Compose file says of each component, against what Uplift would have written."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from apps_app.drivers.base import Found, Part
from apps_app.drivers.git.application_folder import COMPOSE, Folder, write_folder
from apps_app.drivers.git.component_document import Document
from apps_app.drivers.git.status import secrets_differ
from apps_app.formats.compose.read import Imported, read_compose
from templates_app.appspec.diff.diff import Comparison, compare
from templates_app.appspec.diff.field_change import words
from templates_app.appspec.diff.rebase_text import carried
from templates_app.appspec.interpolation.render import settled
from templates_app.appspec.interpolation.syntax import TextError, names, substitute
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import Tree, tree
from templates_app.appspec.validation.resource_usage import uses_of


def found_in(folder: Folder, files: Mapping[str, bytes], values: bytes, parts: Mapping[str, Part]) -> dict[str, Found]:
    """By key, of the parts that stand in the folder. `files` are the folder's, `values` the file of secret values."""
    documents = {key: Document.of(part) for key, part in sorted(parts.items()) if key in folder.documents}
    was = _read(write_folder(folder.uid, {**folder.documents, **documents}))
    try:
        now = _read(files)
    except SpecError as error:
        text = f"{COMPOSE} cannot be read: {error.faults[0]}"
        return {key: Found(parts[key].component, beside=(text,)) for key in documents}
    diff = compare(was, now)
    return {
        key: _found(key, parts[key], was, now, (*_around(key, now, diff), secrets_differ(document, values)))
        for key, document in documents.items()
        if key in now.components
    }


def _read(files: Mapping[str, bytes]) -> AppSpec:
    """As a document, with what stands there in the clear as it stands there. Raises SpecError."""
    read = read_compose(files, COMPOSE)
    known = _known(read)
    components = {key: _settled(component, known) for key, component in read.spec.components.items()}
    return read.spec.model_copy(update={"components": components})


def _known(read: Imported) -> dict[str, str]:
    defaults = {
        name: parameter.default for name, parameter in read.spec.parameters.items() if parameter.default is not None
    }
    return {**defaults, **read.secrets}


def _settled(component: ComponentSpec, known: Mapping[str, str]) -> ComponentSpec:
    try:
        return settled(component, known)
    except SpecError:
        return component


def _found(key: str, part: Part, was: AppSpec, now: AppSpec, beside: tuple[str, ...]) -> Found:
    before = tree(was.components[key])
    live = carried(tree(part.component), before, _meant(before, tree(now.components[key]), part.secrets), str)
    component = parse_component(live, f"components.{key}")
    used = uses_of(component)
    return Found(
        component,
        {name: volume for name, volume in now.volumes.items() if name in used.volumes - part.volumes.keys()},
        {name: network for name, network in now.networks.items() if name in used.networks - part.networks.keys()},
        tuple(filter(None, beside)),
    )


def _meant(was: Mapping[str, JsonValue], now: Mapping[str, JsonValue], secrets: Mapping[str, str]) -> Tree:
    """What is there, with each text that says in the clear what was a reference to a secret as that reference."""
    result = {name: _text_meant(was.get(name), value, secrets) for name, value in now.items()}
    return dict[str, JsonValue](result)


def _text_meant(was: JsonValue, now: JsonValue, secrets: Mapping[str, str]) -> JsonValue:
    if isinstance(was, dict) and isinstance(now, dict):
        return _meant(was, now, secrets)
    return was if _revealed(was, secrets) == _revealed(now, secrets) else now


def _revealed(value: JsonValue, secrets: Mapping[str, str]) -> JsonValue:
    if isinstance(value, list):
        return [_revealed(item, secrets) for item in value]
    if not isinstance(value, str):
        return value
    try:
        return substitute(value, secrets, names(value) - secrets.keys())
    except TextError:
        return value


def _around(key: str, now: AppSpec, comparison: Comparison) -> Iterator[str]:
    """The changed definitions of volumes and networks that it used and uses."""
    used = uses_of(now.components[key])
    known = {"volumes": used.volumes, "networks": used.networks}
    for change in (*comparison.volumes, *comparison.networks):
        if len(change.path) > 2 and change.path[1] in known[change.path[0]]:
            yield f"{words(change.path)} is defined otherwise"
