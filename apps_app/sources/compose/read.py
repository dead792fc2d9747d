"""Compose files → a document. The one door of this package for reading."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from apps_app.sources.compose.advice import BY_COMMAND, Advice
from apps_app.sources.compose.carry import Carrier
from apps_app.sources.compose.component import component
from apps_app.sources.compose.consistency import refuse_inconsistent
from apps_app.sources.compose.credentials import Credential, seal
from apps_app.sources.compose.dotenv import read_env
from apps_app.sources.compose.environment import environment, labels
from apps_app.sources.compose.errors import ComposeError, Notice, Weight, refuse
from apps_app.sources.compose.parameters import note_open, parameters
from apps_app.sources.compose.project import Project
from apps_app.sources.compose.resources import networks, note_files, volumes
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
    advice: Advice = BY_COMMAND,
) -> Imported:
    """Reads the Compose file `main` (or several, each laid over the one before) among `files`, path → content.

    `env` is the content of the .env file; without it, `.env` among the files. Without `profiles`, those that
    COMPOSE_PROFILES names there are active. `advice` words what to do about what is missing. Raises ComposeError, and
    only that, with every fault found.
    """
    try:
        names = [main] if isinstance(main, str) else list(main)
        return _read(files, names, env, frozenset(profiles), Report(advice=advice))
    except ComposeError:
        raise
    except SpecError as error:
        raise ComposeError(error.faults) from error


def _read(
    files: Mapping[str, bytes], names: list[str], env: bytes | None, profiles: frozenset[str], report: Report
) -> Imported:
    given = files.get(".env") if env is None else env
    project = Project(files, read_env(".env", given) if given else {}, report)
    tree = project.load(names)
    if not as_map(tree.get("services")):
        raise refuse("services", "there are none")
    services = select(as_map(tree.get("services")), profiles or _active(project.values), report)
    carrier = Carrier(files, tree, project.values, report)
    components = _components(services, carrier)
    document: Tree = {
        "components": components,
        "volumes": volumes(as_map(tree.get("volumes")), report),
        "networks": networks(as_map(tree.get("networks")), report),
    }
    note_files(tree, report)
    refuse_inconsistent(services, document, report)
    parsed = _parsed(document, report)
    name = project.values.get("COMPOSE_PROJECT_NAME") or project.name
    spec = parameters(parsed, {"COMPOSE_PROJECT_NAME": name} | project.values, carrier)
    sealed = seal(spec, carrier.secrets)
    note_open(sealed.spec, sealed.values, report)
    return Imported(sealed.spec, sealed.values, tuple(sorted(set(report.notices))), sealed.credentials, name)


def _parsed(document: Tree, report: Report) -> AppSpec:
    try:
        spec = parse(document)
    except SpecError as error:
        report.faults.extend(replace(one, path=_as_in_compose(one.path)) for one in error.faults)
        raise ComposeError(sorted(set(report.faults))) from error
    if report.faults:
        raise ComposeError(sorted(set(report.faults)))
    return spec


def _as_in_compose(path: str) -> str:
    section, dot, rest = path.partition(".")
    return f"services{dot}{rest}" if section == "components" else path


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
    if "develop" in service:
        report.notice(
            name, "develop", "is not carried: it is for building on a developer's machine", weight=Weight.LOST
        )
    if "build" not in service:
        return
    if service.get("image"):
        message, action = "is not carried: the image is used as it is", "It must be where a target can pull it"
    else:
        message, action = "is not carried, and there is no image", "Build and push one, and set it on the component"
    report.notice(name, "build", message, action, Weight.LOST)
