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


def read_engine(engine: Found) -> Adopted:
    """All containers of `engine` as one application; what Compose calls a service is a component, with its replicas.

    Containers of Uplift's own applications are never taken; those that were run once are listed and left.
    Raises SpecError for what makes no document.
    """
    everything = [
        Container(container, table(engine.images.get(str(container.get("Image"))))) for container in engine.containers
    ]
    used = [container for container in everything if not left(container)]
    groups = _grouped(used)
    reader = Reader(Around(engine), engine.engine, _key_of(groups))
    notices = [
        Notice("", container.name, left(container), weight=Weight.LOST) for container in everything if left(container)
    ]
    components: Tree = {}
    for key, replicas in groups.items():
        components[key], data = _component(key, replicas, reader)
        notices += data
    volumes, networks = reader.around.definitions()
    notices += _kept_names(reader.around)
    spec = parse({"components": _with_jobs(components), "volumes": volumes, "networks": networks})
    sealed = seal(spec, {})
    name = next((container.project for container in used if container.project), "")
    imported = Imported(sealed.spec, sealed.values, tuple(sorted(set(notices))), sealed.credentials, name)
    return Adopted(imported, {key: tuple(container.id for container in replicas) for key, replicas in groups.items()})


def left(container: Container) -> str:
    """Why a container is not taken in, or ""."""
    if OURS in container.labels:
        return "it belongs to an application of Uplift's, and stays there"
    return "it was run once and is no service" if container.labels.get(ONE_OFF, "False") == "True" else ""


def _grouped(containers: list[Container]) -> dict[str, list[Container]]:
    """By the key of the component that they are; services of two projects do not become one."""
    projects = {(item.service, item.project) for item in containers if item.service}
    several = Counter(service for service, _ in projects)
    result: dict[str, list[Container]] = {}
    for container in sorted(containers, key=lambda item: (item.service, item.replica, item.name)):
        desired = container.service if several[container.service] == 1 else container.name
        key = safe_key(desired or container.name)
        if key in result and result[key][0].service != container.service:
            key = safe_key(f"{key}-{container.id[:12]}")
        result.setdefault(key, []).append(container)
    return dict(sorted(result.items()))


def _key_of(groups: Mapping[str, list[Container]]) -> Callable[[str], str]:
    """Id, name or service of a container → the key of its component, "" for one that is not taken in."""
    known = {
        name: key
        for key, several in groups.items()
        for container in several
        for name in (container.id, container.name, container.service)
    }
    return lambda name: known.get(name, "")


def _component(key: str, replicas: list[Container], reader: Reader) -> tuple[Tree, list[Notice]]:
    """The replicas as one; where they are not alike, the first counts, and the others are told of."""
    first, *others = replicas
    component, notices = reader.component(key, first)
    for other in others:
        unlike = component_change(key, parse_component(component), parse_component(reader.component(key, other)[0]))
        if unlike.changes:
            text = ", ".join(change.sentence() for change in unlike.changes)
            notices.append(Notice(key, other.name, f"it is not as {first.name}: {text}", _AS_FIRST, Weight.LOST))
    if others:
        return {**component, "replicas": len(replicas)}, notices
    if first.name not in _usual_names(first):
        engine = {**table(component.get("engine")), "container_name": first.name}
        component = {**component, "engine": dict[str, JsonValue](engine)}
    return component, notices


_AS_FIRST = "With its next change it becomes as the first is"


def _usual_names(container: Container) -> set[str]:
    """As Compose calls containers; another name was meant."""
    return (
        {f"{container.project}{dash}{container.service}{dash}{container.replica}" for dash in "-_"}
        if container.service
        else set()
    )


def _with_jobs(components: Tree) -> Tree:
    """What somebody waits for to complete is a job."""
    awaited = {
        name
        for component in components.values()
        for name, how in table(table(component).get("depends_on")).items()
        if table(how).get("condition") == "completed"
    }
    return {key: {**table(value), "kind": "job"} if key in awaited else value for key, value in components.items()}


def _kept_names(resources: Around) -> Iterator[Notice]:
    """Volumes and networks stay the ones they are, so their names are in the document."""
    for kind, names in (("volumes", resources.volumes), ("networks", resources.networks)):
        for key, name in names.items():
            text = f"it keeps its name, {name}"
            yield Notice("", f"{kind}.{key}", text, "Take the name out before you publish this as a template")
