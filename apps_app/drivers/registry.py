"""Which kinds of target there are, and the way from a target's row to its driver.

A kind's module, and the library behind it, is imported when one of that kind is opened.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from apps_app.drivers.base import Driver, DriverError, Logins

type Config = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class ConfigField:
    """One thing to fill in for a target of a kind."""

    name: str
    label: str
    help: str
    required: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of target, for forms and pages. `runs` is False for one that writes and starts nothing; `place` is the
    folder that it writes, where it writes one: links followed, under the given home unless it is absolute; `reads` are
    its fields that name files of this server; `borrows` says what of this server's own standing it uses;
    `pulls` says that it brings images and wants logins of registries; `shared`
    says that others run things on it too, which can be taken in; `host` tells where it publishes ports, "" for this
    machine."""

    kind: str
    label: str
    runs: bool
    fields: tuple[ConfigField, ...]
    open: Callable[[Config, str, Path, Logins], Driver]
    faults: Callable[[Config], tuple[str, ...]] = lambda _: ()
    place: Callable[[Config, Path], Path] | None = None
    reads: tuple[str, ...] = ()
    borrows: Callable[[Config], str] = lambda _: ""
    pulls: bool = False
    shared: bool = False
    offered: bool = True
    host: Callable[[Config], str] | None = None


def open_driver(
    kind: str, config: Config, secret: str, *, home: Path | None = None, logins: Logins | None = None
) -> Driver:
    """The driver of a target. `home` is the folder that its folder and files have to lie in (None: anywhere, and
    relative ones in the current folder); `secret` is the target's own credential; `logins` are for registries of
    images. Touches nothing yet. Raises DriverError."""
    faults = validate_config(kind, config, home)
    if faults:
        raise DriverError("The target cannot be used: " + "; ".join(faults), permanent=True)
    return KINDS[kind].open(config, secret, home or Path.cwd(), logins or {})


def place_of(kind: str, config: Config, home: Path) -> Path | None:
    """The folder that a target of this valid configuration writes; None where it writes none."""
    known = KINDS.get(kind)
    return known.place(config, home) if known is not None and known.place is not None else None


def host_of(kind: str, config: Config) -> str | None:
    """Where a target of this configuration publishes ports: "" on this machine, None where it publishes none."""
    known = KINDS.get(kind)
    return known.host(config) if known is not None and known.host is not None else None


def validate_config(kind: str, config: Config, home: Path | None = None) -> tuple[str, ...]:
    """Everything wrong with a target's configuration, as sentences; none when it can be opened."""
    known = KINDS.get(kind)
    if known is None:
        return (f"there is no kind of target '{kind}'; there are {', '.join(sorted(KINDS))}",)
    names = {field.name: field for field in known.fields}
    unknown = [f"'{name}' is not known for a {known.label}" for name in sorted(config.keys() - names.keys())]
    wrong = [f"{names[name].label} has to be text" for name in names if not isinstance(config.get(name, ""), str)]
    missing = [f"{field.label} is missing" for field in known.fields if field.required and not config.get(field.name)]
    return (*unknown, *wrong, *missing) or (*known.faults(config), *_misplaced(kind, config, home))


def _misplaced(kind: str, config: Config, home: Path | None) -> tuple[str, ...]:
    """Whoever adds a target has a role in a team, and no say over the rest of this server's disk."""
    if home is None:
        return ()
    known = KINDS[kind]
    labels = {field.name: field.label for field in known.fields}
    read = {labels[name]: (home / str(config[name])).resolve() for name in known.reads if config.get(name)}
    place = place_of(kind, config, home)
    written = {known.fields[0].label: place} if place is not None else {}
    text = f"has to lie in {home}, where this server keeps targets"
    return tuple(f"{label} {text}" for label, at in {**written, **read}.items() if home.resolve() not in at.parents)


def _open_memory(config: Config, secret: str, home: Path, logins: Logins) -> Driver:
    from apps_app.drivers.memory import MemoryDriver

    return MemoryDriver(str(config["name"]))


def _open_git(config: Config, secret: str, home: Path, logins: Logins) -> Driver:
    from apps_app.drivers.git import GitDriver

    return GitDriver(home / str(config["path"]), str(config.get("branch") or "main"))


def _git_place(config: Config, home: Path) -> Path:
    return (home / str(config["path"])).resolve()


def _git_faults(config: Config) -> tuple[str, ...]:
    from apps_app.drivers.git import branch_fault

    return tuple(filter(None, [branch_fault(str(config.get("branch") or "main"))]))


def _open_docker(config: Config, secret: str, home: Path, logins: Logins) -> Driver:
    from apps_app.drivers.docker import open_docker

    return open_docker(config, home, logins)


def _docker_faults(config: Config) -> tuple[str, ...]:
    from apps_app.drivers.docker import address_faults

    return address_faults(config)


def _docker_borrows(config: Config) -> str:
    from apps_app.drivers.docker import borrowed_from_server

    return borrowed_from_server(config)


def _docker_host(config: Config) -> str:
    from apps_app.drivers.docker import published_at

    return published_at(config)


KINDS: Mapping[str, Kind] = {
    "git": Kind(
        "git",
        "Git repository",
        runs=False,
        fields=(
            ConfigField(
                "path", "Folder", "The repository's folder, in the one where this server keeps targets.", required=True
            ),
            ConfigField("branch", "Branch", "The branch that commits go to.", default="main"),
        ),
        open=_open_git,
        faults=_git_faults,
        place=_git_place,
    ),
    "docker": Kind(
        "docker",
        "Docker Engine",
        runs=True,
        fields=(
            ConfigField(
                "address",
                "Address",
                "tcp://HOST:2376 with TLS. Superusers also: unix:///PATH of a socket here, ssh://USER@HOST.",
                default="unix:///var/run/docker.sock",
            ),
            ConfigField("ca", "Certificate authority", "The file (PEM) that a tcp:// engine is known by."),
            ConfigField("certificate", "Certificate", "The file (PEM) that we are known by at a tcp:// engine."),
            ConfigField("key", "Key", "The file (PEM) of the certificate's key."),
            ConfigField(
                "gate",
                "Stays up",
                "How long a container has to stay up before it counts as good, where its component does not say.",
                default="10s",
            ),
        ),
        open=_open_docker,
        reads=("ca", "certificate", "key"),
        borrows=_docker_borrows,
        pulls=True,
        shared=True,
        faults=_docker_faults,
        host=_docker_host,
    ),
    "memory": Kind(
        "memory",
        "Memory",
        runs=True,
        fields=(
            ConfigField(
                "name", "Name", "Targets of one name are the same as long as the process lives.", required=True
            ),
        ),
        open=_open_memory,
        offered=False,
    ),
}
