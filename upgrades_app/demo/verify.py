"""What the walk looks at: each kind of target is read back by its own means, never by what Uplift remembers."""

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
from apps_app.drivers.docker.api.models import Container, seconds_between
from apps_app.models import Application
from config.commands import Failed
from upgrades_app.demo.images import Shelf
from upgrades_app.models import UpgradeRecord


class Look(Protocol):
    """Reads the copy back. Every method yields lines for the printout and raises Failed where something is not so."""

    def before(self, copy: Application) -> Iterator[str]:
        """Keeps what is there before the upgrade."""
        ...

    def upgraded(self, copy: Application, record: UpgradeRecord) -> Iterator[str]: ...

    def back(self, copy: Application, record: UpgradeRecord) -> Iterator[str]:
        """It is as it was before."""
        ...

    def variable(self, application: Application, key: str, name: str) -> str | None: ...


def expect(fact: str, result: object, desired: object) -> None:
    """Raises Failed, naming the fact, where what was read is not what has to be."""
    if result != desired:
        raise Failed(f"Not as it should be: {fact} is {result!r}, not {desired!r}.")


type Services = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Written:
    """An application's folder as one commit has it: path below it → content."""

    commit: str
    message: str
    files: Mapping[str, bytes]

    @property
    def services(self) -> Services:
        services: Services = YAML(typ="safe", pure=True).load(BytesIO(self.files["compose.yaml"]))["services"]
        return services

    @property
    def documents(self) -> Mapping[str, bytes]:
        """What a deployment reads, without the target's own notes."""
        return {path: content for path, content in self.files.items() if not path.startswith(".uplift/")}


def written(repository: Path, slug: str, commit: str = "") -> Written:
    """The folder of an application at a commit, or at the branch's newest."""
    with Repo(str(repository)) as repo:
        file = repo[commit.encode() if commit else repo.refs[Ref(b"refs/heads/main")]]
        if not isinstance(file, Commit):
            raise LookupError(f"{commit} is no commit")
        files = {
            path.removeprefix(f"{slug}/"): content
            for path, content in _files(repo, file.tree, "")
            if path.startswith(f"{slug}/")
        }
        return Written(file.id.decode(), file.message.decode(), files)


def holding(repository: Path, needle: bytes) -> int:
    """How many objects of the repository hold these bytes."""
    with Repo(str(repository)) as repo:
        return sum(needle in repo[name].as_raw_string() for name in repo.object_store)


def objects(repository: Path) -> int:
    with Repo(str(repository)) as repo:
        return sum(1 for _ in repo.object_store)


def _files(repo: Repo, tree: bytes, at: str) -> Iterator[tuple[str, bytes]]:
    file = repo[tree]
    if not isinstance(file, Tree):
        return
    for entry in file.iteritems():
        path = f"{at}{entry.path.decode()}"
        below = repo[entry.sha]
        if isinstance(below, Blob):
            yield path, below.data
        else:
            yield from _files(repo, entry.sha, f"{path}/")


MOTTO = "written before the upgrade"
_SECRET = "/run/secrets/db_password"  # noqa: S105  (a path)


@dataclass(frozen=True, slots=True)
class Seen:
    """One container; `raw` is all that the engine says about it."""

    container: Container
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

    def sentence(self, key: str, now: str) -> str:
        up = round(seconds_between(self.started, now))
        return f"{key:<7} {self.id[:12]}  up {up:>3} s  {self.image}"


class LookAtEngine:
    """Compares containers of the copy before and after."""

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        self._engine, self._shelf = engine, shelf
        self._before: dict[str, Seen] = {}

    def before(self, copy: Application) -> Iterator[str]:
        self._before = self._containers(copy)
        self._ask("write", self._shelf.write.replace("{value}", MOTTO))
        expect("the value in db", self._motto(), MOTTO)
        yield from self._table(self._before)
        yield f'written to the volume of db: "{MOTTO}"'

    def upgraded(self, copy: Application, record: UpgradeRecord) -> Iterator[str]:
        now = self._containers(copy)
        expect("components", sorted(now), ["db", "redis", "web", "worker"])
        expect("the image of web", now["web"].image, self._shelf.edition.web)
        expect("LOG_LEVEL of web", now["web"].env.get("LOG_LEVEL"), "debug")
        expect("OLD_CACHE_DIR of web", now["web"].env.get("OLD_CACHE_DIR"), None)
        expect("WORKERS of worker", now["worker"].env.get("WORKERS"), "4")
        yield from self._table(now)
        yield self._same("db", now)
        yield self._kept()
        yield "web: LOG_LEVEL debug, no OLD_CACHE_DIR; worker: WORKERS 4; redis is new"
        yield self._secrets(copy, now)

    def back(self, copy: Application, record: UpgradeRecord) -> Iterator[str]:
        now = self._containers(copy)
        expect("components", sorted(now), sorted(self._before))
        for key, container in self._before.items():
            expect(f"the image of {key}", now[key].image, container.image)
            expect(f"the environment of {key}", now[key].env, container.env)
        yield self._same("db", now)
        yield self._kept()
        yield "images and environment of all components equal those before the upgrade"

    def variable(self, application: Application, key: str, name: str) -> str | None:
        return self._containers(application)[key].env.get(name)

    def _containers(self, application: Application) -> dict[str, Seen]:
        result = self._engine.containers(uid=str(application.uid))
        observed = {
            container.labels["uplift.key"]: Seen(container, self._engine.inspect("container", container.id) or {})
            for container in result
        }
        expect("containers", len(result), len(observed))
        return dict(sorted(observed.items()))

    def _table(self, now: dict[str, Seen]) -> Iterator[str]:
        time = self._engine.info().time
        yield from (container.sentence(key, time) for key, container in now.items())

    def _same(self, key: str, now: dict[str, Seen]) -> str:
        before, after = self._before[key], now[key]
        expect(f"the container of {key}", (after.id, after.started), (before.id, before.started))
        return f"{key}: same container, up {round(seconds_between(after.started, self._engine.info().time))} s"

    def _kept(self) -> str:
        expect("the value in db", self._motto(), MOTTO)
        return f'read from the volume of db: "{MOTTO}"'

    def _motto(self) -> str:
        return self._ask("read", self._shelf.read)

    def _ask(self, verb: str, command: str) -> str:
        code, text = self._engine.run(self._before["db"].id, ["sh", "-c", command], 30)
        if code:
            raise Failed(f"The database of the demo did not {verb}: {text}")
        return text

    def _secrets(self, copy: Application, now: dict[str, Seen]) -> str:
        password = copy.values.get(name="DB_PASSWORD").applied_text()
        inside = self._engine.run(now["db"].id, ["cat", _SECRET], 30)
        expect("the file of the password in db", inside, (0, password))
        shown = [json.dumps(container.raw) for container in now.values()]
        shown += [json.dumps(self._engine.inspect("image", container.container.image_id)) for container in now.values()]
        expect("places of the engine that show the password", sum(password in name for name in shown), 0)
        return "the password is a file in db and worker, and in nothing that the engine shows"


class LookAtRepository:
    """Compares files of one commit with those of another."""

    def __init__(self) -> None:
        self._before: Written | None = None

    @property
    def repository(self) -> Path:
        return settings.TARGETS / "git"

    def before(self, copy: Application) -> Iterator[str]:
        self._before = written(self.repository, copy.slug)
        yield f"commit {self._before.commit[:7]}: {len(self._before.services)} services"

    def upgraded(self, copy: Application, record: UpgradeRecord) -> Iterator[str]:
        now = written(self.repository, copy.slug)
        expect("the newest commit", now.commit, record.reference)
        expect("services", sorted(now.services), ["db", "redis", "web", "worker"])
        expect("db", now.services["db"], self._before.services["db"] if self._before else None)
        expect("LOG_LEVEL of web", _env(now, "web", "LOG_LEVEL"), "debug")
        expect("WORKERS of worker", _env(now, "worker", "WORKERS"), "4")
        expect("OLD_CACHE_DIR of web", _env(now, "web", "OLD_CACHE_DIR"), None)
        password = copy.values.get(name="DB_PASSWORD").applied_text()
        expect("objects that hold the password", holding(self.repository, password.encode()), 0)
        yield f"compose.yaml: {len(now.services)} services, db identical, LOG_LEVEL debug, no OLD_CACHE_DIR"
        yield f"no secret in any of {objects(self.repository)} Git objects"

    def back(self, copy: Application, record: UpgradeRecord) -> Iterator[str]:
        now = written(self.repository, copy.slug, record.reference)
        known = self._before.documents if self._before else {}
        for path in sorted(known.keys() | now.documents.keys()):
            expect(f"{path} after going back", now.documents.get(path), known.get(path))
        yield f"the files equal those of commit {self._before.commit[:7] if self._before else ''}"

    def variable(self, application: Application, key: str, name: str) -> str | None:
        return _env(written(self.repository, application.slug), key, name)


def _env(application: Written, service: str, name: str) -> str | None:
    result = application.services[service]["environment"].get(name)
    return None if result is None else str(result)
