"""Compose files → a document. The one door of this package for reading."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from apps_app.sources.compose.carry import Carrier
from apps_app.sources.compose.component import component
from apps_app.sources.compose.credentials import Credential, seal
from apps_app.sources.compose.dotenv import read_env
from apps_app.sources.compose.environment import environment, labels
from apps_app.sources.compose.errors import ComposeError, Notice, Weight
from apps_app.sources.compose.parameters import parameters
from apps_app.sources.compose.project import Project
from apps_app.sources.compose.resources import networks, volumes
from apps_app.sources.compose.select import select
from apps_app.sources.compose.source import Report, Tree, as_map
from templates_app.spec.errors import SpecError
from templates_app.spec.model import AppSpec
from templates_app.spec.parse import parse


@dataclass(frozen=True, slots=True)
class Imported:
    """An application read from Compose files.

    `secrets` are values that were moved out of the document, by parameter; `credentials` says which were recognised
    as such; `name` is the project's, where the files give one.
    """

    spec: AppSpec
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    notices: tuple[Notice, ...] = ()
    credentials: tuple[Credential, ...] = ()
    name: str = ""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of all parameters that were found or made."""
        return tuple(sorted(self.spec.parameters))


def read_compose(
    files: Mapping[str, bytes],
    main: str | Sequence[str],
    env: bytes | None = None,
    profiles: Iterable[str] = (),
) -> Imported:
    """Reads the Compose file `main` (or several, each laid over the one before) among `files`, path → content.

    `env` is the content of the .env file; without it, `.env` among the files. Without `profiles`, those that
    COMPOSE_PROFILES names there are active. Raises ComposeError, and only that, with every fault found.
    """
    try:
        return _read(files, [main] if isinstance(main, str) else list(main), env, frozenset(profiles))
    except ComposeError:
        raise
    except SpecError as error:
        raise ComposeError(error.faults) from error


def _read(files: Mapping[str, bytes], names: list[str], env: bytes | None, profiles: frozenset[str]) -> Imported:
    report = Report()
    given = files.get(".env") if env is None else env
    project = Project(files, read_env(".env", given) if given else {}, report)
    tree = project.load(names)
    services = select(as_map(tree.get("services")), profiles or _active(project.values), report)
    carrier = Carrier(files, tree, project.values, report)
    components = _components(services, carrier)
    document: Tree = {
        "components": components,
        "volumes": volumes(as_map(tree.get("volumes")), report),
        "networks": networks(as_map(tree.get("networks"))),
    }
    _refuse_undefined(services, document, report)
    if report.faults:
        raise ComposeError(sorted(set(report.faults)))
    name = project.values.get("COMPOSE_PROJECT_NAME") or project.name
    spec = parameters(parse(document), {"COMPOSE_PROJECT_NAME": name} | project.values, carrier)
    sealed = seal(spec, carrier.secrets)
    return Imported(sealed.spec, sealed.values, tuple(sorted(set(report.notices))), sealed.credentials, name)


def _active(values: Mapping[str, str]) -> frozenset[str]:
    return frozenset(filter(None, (one.strip() for one in values.get("COMPOSE_PROFILES", "").split(","))))


def _components(services: Tree, carrier: Carrier) -> Tree:
    built: Tree = {}
    passed: dict[str, list[str]] = {}
    for name, one in services.items():
        service = as_map(one)
        env = environment(name, service, carrier.files, carrier.values, carrier.report)
        tags: Mapping[str, JsonValue] = labels(name, service, carrier.files, carrier.values, carrier.report)
        built[name] = component(name, {**service, "labels": dict(tags)}, env, carrier)
        _notice_build(name, service, carrier.report)
        for key in (key for key, value in env.items() if value is None):
            passed.setdefault(key, []).append(name)
    for key, users in passed.items():
        carrier.report.notice(
            "",
            f"environment.{key}",
            f"has no value: {_several(users)} would get whatever the host has there",
            f"Give {key} a value in the .env file, or edit the components",
        )
    return built


def _several(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"


def _notice_build(name: str, service: Tree, report: Report) -> None:
    if "build" not in service:
        return
    if service.get("image"):
        message, action = "is not carried: the image is used as it is", "It must be where a target can pull it"
    else:
        message, action = "is not carried, and there is no image", "Build and push one, and set it on the component"
    report.notice(name, "build", message, action, Weight.LOST)


def _refuse_undefined(services: Tree, document: Tree, report: Report) -> None:
    """What Compose refuses too: uses of services, volumes and networks that are not there."""
    known_volumes, known_networks = as_map(document["volumes"]), {"default", *as_map(document["networks"])}
    for name, one in as_map(document["components"]).items():
        part = as_map(one)
        for other in as_map(part.get("depends_on")):
            if other not in services:
                report.fault(f"services.{name}.depends_on", f"there is no service '{other}'")
        for path, mount in as_map(part.get("mounts")).items():
            source = as_map(mount).get("source")
            if as_map(mount).get("kind") == "volume" and source and source not in known_volumes:
                report.fault(
                    f"services.{name}.volumes", f"the volume '{source}' at {path} is not defined under volumes"
                )
        for network in as_map(part.get("networks")):
            if network not in known_networks:
                report.fault(f"services.{name}.networks", f"the network '{network}' is not defined under networks")
        if part.get("network_mode") and part.get("networks"):
            report.fault(f"services.{name}.network_mode", "cannot stand beside networks")
        if not part.get("image") and "build" not in as_map(services[name]):
            report.fault(f"services.{name}", "has neither an image nor a build")
