from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from apps_app.drivers.base import ComponentPart, LiveComponent
from apps_app.drivers.git.application_folder import COMPOSE, ApplicationFolder, write_folder
from apps_app.drivers.git.component_document import ComponentDocument
from apps_app.drivers.git.status import secrets_differ
from apps_app.formats.compose.read import ImportResult, read_compose
from templates_app.appspec.diff.diff import SpecDiff, compare_specs
from templates_app.appspec.diff.field_change import describe_path
from templates_app.appspec.diff.rebase_text import rebase_text
from templates_app.appspec.interpolation.render import resolve_references
from templates_app.appspec.interpolation.syntax import TextError, find_names, substitute
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import JsonTree, to_plain
from templates_app.appspec.validation.resource_usage import find_resource_usage


def found_in(
    folder: ApplicationFolder, files: Mapping[str, bytes], values: bytes, parts: Mapping[str, ComponentPart]
) -> dict[str, LiveComponent]:
    """By key, of the parts that stand in the folder. `files` are the folder's, `values` the file of secret values."""
    documents = {key: ComponentDocument.of(part) for key, part in sorted(parts.items()) if key in folder.documents}
    was = _read(write_folder(folder.uid, {**folder.documents, **documents}))
    try:
        now = _read(files)
    except SpecError as error:
        text = f"{COMPOSE} cannot be read: {error.faults[0]}"
        return {key: LiveComponent(parts[key].component, other_differences=(text,)) for key in documents}
    diff = compare_specs(was, now)
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


def _known(read: ImportResult) -> dict[str, str]:
    defaults = {
        name: parameter.default for name, parameter in read.spec.parameters.items() if parameter.default is not None
    }
    return {**defaults, **read.secrets}


def _settled(component: ComponentSpec, known: Mapping[str, str]) -> ComponentSpec:
    try:
        return resolve_references(component, known)
    except SpecError:
        return component


def _found(key: str, part: ComponentPart, was: AppSpec, now: AppSpec, alongside: tuple[str, ...]) -> LiveComponent:
    before = to_plain(was.components[key])
    tree = rebase_text(
        to_plain(part.component), before, _meant(before, to_plain(now.components[key]), part.secrets), str
    )
    component = parse_component(tree, f"components.{key}")
    used = find_resource_usage(component)
    return LiveComponent(
        component,
        {name: volume for name, volume in now.volumes.items() if name in used.volumes - part.volumes.keys()},
        {name: network for name, network in now.networks.items() if name in used.networks - part.networks.keys()},
        tuple(filter(None, alongside)),
    )


def _meant(was: Mapping[str, JsonValue], now: Mapping[str, JsonValue], secrets: Mapping[str, str]) -> JsonTree:
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
        return substitute(value, secrets, find_names(value) - secrets.keys())
    except TextError:
        return value


def _around(key: str, now: AppSpec, comparison: SpecDiff) -> Iterator[str]:
    """The changed definitions of volumes and networks that it used and uses."""
    used = find_resource_usage(now.components[key])
    known = {"volumes": used.volumes, "networks": used.networks}
    for change in (*comparison.volumes, *comparison.networks):
        if len(change.path) > 2 and change.path[1] in known[change.path[0]]:
            yield f"{describe_path(change.path)} has another definition"
