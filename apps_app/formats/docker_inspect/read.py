"""Containers on an engine → a document, with what could not be carried listed."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from apps_app.formats.compose.credential_parameters import seal
from apps_app.formats.compose.errors import Notice, Weight
from apps_app.formats.compose.read import Imported
from apps_app.formats.docker_inspect.component import Reader
from apps_app.formats.docker_inspect.inspect_document import ONE_OFF, OURS, Container, Found, Tree, table
from apps_app.formats.docker_inspect.shared_resources import Around, safe_key
from templates_app.appspec.diff.diff import component_change
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse, parse_component


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was read, and the ids of each component's containers, its first replica first."""

    imported: Imported
    containers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def spec(self) -> AppSpec:
        return self.imported.spec


def read_engine(found: Found) -> Adopted:
    """All containers of `found` as one application; what Compose calls a service is a component, with its replicas.

    Containers of Uplift's own applications are never taken; those that were run once are listed and left.
    Raises SpecError for what makes no document.
    """
    everything = [Container(one, table(found.images.get(str(one.get("Image"))))) for one in found.containers]
    taken = [one for one in everything if not left(one)]
    groups = _grouped(taken)
    reader = Reader(Around(found), found.engine, _key_of(groups))
    notices = [Notice("", one.name, left(one), weight=Weight.LOST) for one in everything if left(one)]
    components: Tree = {}
    for key, replicas in groups.items():
        components[key], said = _component(key, replicas, reader)
        notices += said
    volumes, networks = reader.around.definitions()
    notices += _kept_names(reader.around)
    spec = parse({"components": _with_jobs(components), "volumes": volumes, "networks": networks})
    sealed = seal(spec, {})
    name = next((one.project for one in taken if one.project), "")
    imported = Imported(sealed.spec, sealed.values, tuple(sorted(set(notices))), sealed.credentials, name)
    return Adopted(imported, {key: tuple(one.id for one in replicas) for key, replicas in groups.items()})


def left(one: Container) -> str:
    """Why a container is not taken in, or ""."""
    if OURS in one.labels:
        return "it belongs to an application of Uplift's, and stays there"
    return "it was run once and is no service" if one.labels.get(ONE_OFF, "False") == "True" else ""


def _grouped(containers: list[Container]) -> dict[str, list[Container]]:
    """By the key of the component that they are; services of two projects do not become one."""
    projects = {(one.service, one.project) for one in containers if one.service}
    several = Counter(service for service, _ in projects)
    found: dict[str, list[Container]] = {}
    for one in sorted(containers, key=lambda one: (one.service, one.replica, one.name)):
        wanted = one.service if several[one.service] == 1 else one.name
        key = safe_key(wanted or one.name)
        if key in found and found[key][0].service != one.service:
            key = safe_key(f"{key}-{one.id[:12]}")
        found.setdefault(key, []).append(one)
    return dict(sorted(found.items()))


def _key_of(groups: Mapping[str, list[Container]]) -> Callable[[str], str]:
    """Id, name or service of a container → the key of its component, "" for one that is not taken in."""
    known = {
        name: key for key, several in groups.items() for one in several for name in (one.id, one.name, one.service)
    }
    return lambda name: known.get(name, "")


def _component(key: str, replicas: list[Container], reader: Reader) -> tuple[Tree, list[Notice]]:
    """The replicas as one; where they are not alike, the first counts, and the others are told of."""
    first, *others = replicas
    component, notices = reader.component(key, first)
    for other in others:
        unlike = component_change(key, parse_component(component), parse_component(reader.component(key, other)[0]))
        if unlike.changes:
            said = ", ".join(change.sentence() for change in unlike.changes)
            notices.append(Notice(key, other.name, f"it is not as {first.name}: {said}", _AS_FIRST, Weight.LOST))
    if others:
        return {**component, "replicas": len(replicas)}, notices
    if first.name not in _usual_names(first):
        engine = {**table(component.get("engine")), "container_name": first.name}
        component = {**component, "engine": dict[str, JsonValue](engine)}
    return component, notices


_AS_FIRST = "With its next change it becomes as the first is"


def _usual_names(one: Container) -> set[str]:
    """As Compose calls containers; another name was meant."""
    return {f"{one.project}{dash}{one.service}{dash}{one.replica}" for dash in "-_"} if one.service else set()


def _with_jobs(components: Tree) -> Tree:
    """What somebody waits for to complete is a job."""
    awaited = {
        name
        for one in components.values()
        for name, how in table(table(one).get("depends_on")).items()
        if table(how).get("condition") == "completed"
    }
    return {key: {**table(one), "kind": "job"} if key in awaited else one for key, one in components.items()}


def _kept_names(around: Around) -> Iterator[Notice]:
    """Volumes and networks stay the ones they are, so their names are in the document."""
    for kind, names in (("volumes", around.volumes), ("networks", around.networks)):
        for key, name in names.items():
            said = f"it keeps its name, {name}"
            yield Notice("", f"{kind}.{key}", said, "Take the name out before you publish this as a template")
