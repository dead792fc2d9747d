"""Verify the demo by reading the target directly, independently of Uplift's own data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from dulwich.objects import Blob, Commit, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo
from ruamel.yaml import YAML

from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.models import EngineContainer, seconds_between
from apps_app.models import Application
from config.commands import CommandFailed
from upgrades_app.demo.images import LocalImages
from upgrades_app.models import UpgradeRecord


class TargetReader(Protocol):
    """Reads the target. Methods yield output lines and raise CommandFailed on unexpected results."""

    def before(self, copy: Application) -> Iterator[str]:
        """Record the state before the upgrade."""
        ...

    def upgraded(self, copy: Application, record: UpgradeRecord) -> Iterator[str]: ...

    def back(self, copy: Application, record: UpgradeRecord) -> Iterator[str]:
        """Verify that the previous state is restored."""
        ...

    def variable(self, application: Application, key: str, name: str) -> str | None: ...


def expect_equal(fact: str, result: object, desired: object) -> None:
    """Raise CommandFailed unless both values are equal."""
    if result != desired:
        raise CommandFailed(f"Verification failed: {fact} is {result!r}, not {desired!r}.")


type Services = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class WrittenApplication:
    """Files of an application in one commit, by path."""

    commit: str
    message: str
    files: Mapping[str, bytes]

    @property
    def services(self) -> Services:
        services: Services = YAML(typ="safe", pure=True).load(BytesIO(self.files["compose.yaml"]))["services"]
        return services

    @property
    def documents(self) -> Mapping[str, bytes]:
        """The deployed files, without the target's metadata."""
        return {path: content for path, content in self.files.items() if not path.startswith(".uplift/")}


def read_written(repository: Path, slug: str, commit: str = "") -> WrittenApplication:
    """Read the folder of an application at a commit (default: latest)."""
    with Repo(str(repository)) as repo:
        file = repo[commit.encode() if commit else repo.refs[Ref(b"refs/heads/main")]]
        if not isinstance(file, Commit):
            raise LookupError(f"{commit} is no commit")
        files = {
            path.removeprefix(f"{slug}/"): content
            for path, content in _read_files(repo, file.tree, "")
            if path.startswith(f"{slug}/")
        }
        return WrittenApplication(file.id.decode(), file.message.decode(), files)


def count_objects_with(repository: Path, needle: bytes) -> int:
    """Return how many objects of the repository contain these bytes."""
    with Repo(str(repository)) as repo:
        return sum(needle in repo[name].as_raw_string() for name in repo.object_store)


def count_objects(repository: Path) -> int:
    with Repo(str(repository)) as repo:
        return sum(1 for _ in repo.object_store)


def _read_files(repo: Repo, tree: bytes, at: str) -> Iterator[tuple[str, bytes]]:
    file = repo[tree]
    if not isinstance(file, Tree):
        return
    for entry in file.iteritems():
        path = f"{at}{entry.path.decode()}"
        below = repo[entry.sha]
        if isinstance(below, Blob):
            yield path, below.data
        else:
            yield from _read_files(repo, entry.sha, f"{path}/")


MOTTO = "written before the upgrade"
_SECRET = "/run/secrets/db_password"  # noqa: S105  (a path)


@dataclass(frozen=True, slots=True)
class RunningContainer:
    """A container; `raw` is the full inspect document."""

    container: EngineContainer
    raw: dict[str, Any]

    @property
    def id(self) -> str:
        return self.container.id

    @property
    def started(self) -> str:
        return self.container.state.started_at

    @property
    def image(self) -> str:
        return self.container.config.image

    @property
    def env(self) -> dict[str, str]:
        return dict(line.partition("=")[::2] for line in self.raw["Config"]["Env"])

    def describe(self, key: str, now: str) -> str:
        up = round(seconds_between(self.started, now))
        return f"{key:<7} {self.id[:12]}  up {up:>3} s  {self.image}"


class EngineReader:
    """Compares the containers before and after."""

    def __init__(self, engine: Engine, shelf: LocalImages) -> None:
        self._engine, self._shelf = engine, shelf
        self._before: dict[str, RunningContainer] = {}

    def before(self, copy: Application) -> Iterator[str]:
        self._before = self._list_containers(copy)
        self._query("write", self._shelf.write.replace("{value}", MOTTO))
        expect_equal("the value in db", self._read_motto(), MOTTO)
        yield from self._format_table(self._before)
        yield f'written to the volume of db: "{MOTTO}"'

    def upgraded(self, copy: Application, record: UpgradeRecord) -> Iterator[str]:
        now = self._list_containers(copy)
        expect_equal("components", sorted(now), ["db", "redis", "web", "worker"])
        expect_equal("the image of web", now["web"].image, self._shelf.edition.web)
        expect_equal("LOG_LEVEL of web", now["web"].env.get("LOG_LEVEL"), "debug")
        expect_equal("OLD_CACHE_DIR of web", now["web"].env.get("OLD_CACHE_DIR"), None)
        expect_equal("WORKERS of worker", now["worker"].env.get("WORKERS"), "4")
        yield from self._format_table(now)
        yield self._is_same_container("db", now)
        yield self._check_kept()
        yield "web: LOG_LEVEL debug, no OLD_CACHE_DIR; worker: WORKERS 4; redis is new"
        yield self._find_secrets(copy, now)

    def back(self, copy: Application, record: UpgradeRecord) -> Iterator[str]:
        now = self._list_containers(copy)
        expect_equal("components", sorted(now), sorted(self._before))
        for key, container in self._before.items():
            expect_equal(f"the image of {key}", now[key].image, container.image)
            expect_equal(f"the environment of {key}", now[key].env, container.env)
        yield self._is_same_container("db", now)
        yield self._check_kept()
        yield "images and environment of all components equal those before the upgrade"

    def variable(self, application: Application, key: str, name: str) -> str | None:
        return self._list_containers(application)[key].env.get(name)

    def _list_containers(self, application: Application) -> dict[str, RunningContainer]:
        result = self._engine.inspect_containers(uid=str(application.uid))
        observed = {
            container.labels["uplift.key"]: RunningContainer(
                container, self._engine.inspect("container", container.id) or {}
            )
            for container in result
        }
        expect_equal("containers", len(result), len(observed))
        return dict(sorted(observed.items()))

    def _format_table(self, now: dict[str, RunningContainer]) -> Iterator[str]:
        time = self._engine.get_info().time
        yield from (container.describe(key, time) for key, container in now.items())

    def _is_same_container(self, key: str, now: dict[str, RunningContainer]) -> str:
        before, after = self._before[key], now[key]
        expect_equal(f"the container of {key}", (after.id, after.started), (before.id, before.started))
        return f"{key}: same container, up {round(seconds_between(after.started, self._engine.get_info().time))} s"

    def _check_kept(self) -> str:
        expect_equal("the value in db", self._read_motto(), MOTTO)
        return f'read from the volume of db: "{MOTTO}"'

    def _read_motto(self) -> str:
        return self._query("read", self._shelf.read)

    def _query(self, verb: str, command: str) -> str:
        code, text = self._engine.run_command(self._before["db"].id, ["sh", "-c", command], 30)
        if code:
            raise CommandFailed(f"The demo database failed to {verb}: {text}")
        return text

    def _find_secrets(self, copy: Application, now: dict[str, RunningContainer]) -> str:
        password = copy.values.get(name="DB_PASSWORD").applied_text()
        inside = self._engine.run_command(now["db"].id, ["cat", _SECRET], 30)
        expect_equal("the file of the password in db", inside, (0, password))
        shown = [json.dumps(container.raw) for container in now.values()]
        shown += [json.dumps(self._engine.inspect("image", container.container.image_id)) for container in now.values()]
        expect_equal("places of the engine that show the password", sum(password in name for name in shown), 0)
        return "the password is only in files of db and worker, and not in any inspect output"


class RepositoryReader:
    """Compares the files of two commits."""

    def __init__(self) -> None:
        self._before: WrittenApplication | None = None

    @property
    def repository(self) -> Path:
        return settings.TARGETS / "git"

    def before(self, copy: Application) -> Iterator[str]:
        self._before = read_written(self.repository, copy.slug)
        yield f"commit {self._before.commit[:7]}: {len(self._before.services)} services"

    def upgraded(self, copy: Application, record: UpgradeRecord) -> Iterator[str]:
        now = read_written(self.repository, copy.slug)
        expect_equal("the newest commit", now.commit, record.reference)
        expect_equal("services", sorted(now.services), ["db", "redis", "web", "worker"])
        expect_equal("db", now.services["db"], self._before.services["db"] if self._before else None)
        expect_equal("LOG_LEVEL of web", _parse_env(now, "web", "LOG_LEVEL"), "debug")
        expect_equal("WORKERS of worker", _parse_env(now, "worker", "WORKERS"), "4")
        expect_equal("OLD_CACHE_DIR of web", _parse_env(now, "web", "OLD_CACHE_DIR"), None)
        password = copy.values.get(name="DB_PASSWORD").applied_text()
        expect_equal("objects that hold the password", count_objects_with(self.repository, password.encode()), 0)
        yield f"compose.yaml: {len(now.services)} services, db identical, LOG_LEVEL debug, no OLD_CACHE_DIR"
        yield f"no secret in any of {count_objects(self.repository)} Git objects"

    def back(self, copy: Application, record: UpgradeRecord) -> Iterator[str]:
        now = read_written(self.repository, copy.slug, record.reference)
        known = self._before.documents if self._before else {}
        for path in sorted(known.keys() | now.documents.keys()):
            expect_equal(f"{path} after the rollback", now.documents.get(path), known.get(path))
        yield f"the files equal those of commit {self._before.commit[:7] if self._before else ''}"

    def variable(self, application: Application, key: str, name: str) -> str | None:
        return _parse_env(read_written(self.repository, application.slug), key, name)


def _parse_env(application: WrittenApplication, service: str, name: str) -> str | None:
    result = application.services[service]["environment"].get(name)
    return None if result is None else str(result)
