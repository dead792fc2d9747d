"""Compose files → a document. The one door of this package for reading."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from apps_app.formats.compose.bind_mounts import Carrier
from apps_app.formats.compose.component import component, environment, labels
from apps_app.formats.compose.credential_parameters import Credential, seal
from apps_app.formats.compose.document_parameters import note_open, parameters
from apps_app.formats.compose.env_file import read_env
from apps_app.formats.compose.errors import BY_COMMAND, Advice, ComposeError, Notice, Weight, refuse
from apps_app.formats.compose.project import Project
from apps_app.formats.compose.project_validation import refuse_inconsistent
from apps_app.formats.compose.source_file import Report, Tree, as_list, as_map
from apps_app.formats.compose.yaml_scalars import entry_text
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse

_VOLUME = ("driver", "labels", "external", "name")
_FILE = ("file", "content", "environment", "external", "name")
_NETWORK = (*_VOLUME, "internal", "attachable", "ipam", "enable_ipv4", "enable_ipv6")


def volumes(entries: Tree, report: Report) -> Tree:
    """Named volumes; external ones are noted, since every installation on a target shares them."""
    for name, value in entries.items():
        if as_map(value).get("external"):
            report.notice(
                "", f"volumes.{name}", "is external: made by others, and shared by all installations on a target"
            )
        _note_lost(f"volumes.{name}", as_map(value), (*_VOLUME, "driver_opts"), report)
    return {name: _entry(as_map(item), _VOLUME) for name, item in entries.items()}


def networks(entries: Tree, report: Report) -> Tree:
    """Networks, the default one only where the files say something about it."""
    for name, value in entries.items():
        _note_lost(f"networks.{name}", as_map(value), (*_NETWORK, "driver_opts"), report)
    return {name: _entry(as_map(item), _NETWORK) for name, item in entries.items()}


def note_files(project: Tree, report: Report) -> None:
    """Lists what configs and secrets say beside their content."""
    for section in ("configs", "secrets"):
        for name, value in as_map(project.get(section)).items():
            _note_lost(f"{section}.{name}", as_map(value), _FILE, report)


def _entry(tree: Tree, known: tuple[str, ...]) -> Tree:
    result = {key: tree[key] for key in known if tree.get(key) not in (None, "", {}, [])}

    if options := as_map(tree.get("driver_opts")):
        result["options"] = {key: entry_text(value) for key, value in options.items()}
    return result


def _note_lost(key: str, tree: Tree, known: tuple[str, ...], report: Report) -> None:
    for name in tree.keys() - set(known):
        if not name.startswith("x-"):
            report.notice("", f"{key}.{name}", "is not carried: there is no such field here", weight=Weight.LOST)


def select(services: Tree, profiles: frozenset[str], report: Report) -> Tree:
    """The services without a profile, or with an active one; `*` activates all. The rest is listed."""
    active = {name: value for name, value in services.items() if _is_active(as_map(value), profiles)}
    for name in services.keys() - active.keys():
        mine = ", ".join(map(str, as_list(as_map(services[name]).get("profiles"))))
        report.notice(
            name,
            "profiles",
            f"is left out: it belongs to {mine}, which is not active",
            "Import again with that profile to have it",
            Weight.LOST,
        )
    inactive = services.keys() - active.keys()
    return {name: _without_optional(as_map(value), inactive) for name, value in active.items()}


def _is_active(service: Tree, profiles: frozenset[str]) -> bool:
    mine = as_list(service.get("profiles"))
    return not mine or "*" in profiles or any(value in profiles for value in mine)


def _without_optional(service: Tree, inactive: set[str]) -> Tree:
    """The service without dependencies on inactive ones that it can do without."""
    tree = as_map(service.get("depends_on"))
    if not tree.keys() & inactive:
        return service
    remaining = {
        key: value for key, value in tree.items() if key not in inactive or as_map(value).get("required") is not False
    }
    return {**service, "depends_on": remaining}


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
    content = files.get(".env") if env is None else env
    project = Project(files, read_env(".env", content) if content else {}, report)
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
        report.faults.extend(replace(fault, path=_as_in_compose(fault.path)) for fault in error.faults)
        raise ComposeError(sorted(set(report.faults))) from error
    if report.faults:
        raise ComposeError(sorted(set(report.faults)))
    return spec


def _as_in_compose(path: str) -> str:
    section, dot, rest = path.partition(".")
    return f"services{dot}{rest}" if section == "components" else path


def _active(values: Mapping[str, str]) -> frozenset[str]:
    return frozenset(filter(None, (name.strip() for name in values.get("COMPOSE_PROFILES", "").split(","))))


def _components(services: Tree, carrier: Carrier) -> Tree:
    built: Tree = {}
    passed: dict[str, list[str]] = {}
    for name, item in services.items():
        service = as_map(item)
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
