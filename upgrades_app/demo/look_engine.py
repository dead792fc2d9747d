"""The copy as the engine itself shows it: containers, their environment and uptime, and what the database says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apps_app.drivers.docker.engine import Engine
from apps_app.drivers.docker.view import Container, seconds_between
from apps_app.models import Application
from config.commands import Failed
from upgrades_app.demo.look import expect
from upgrades_app.demo.running import Shelf
from upgrades_app.models import UpgradeRecord

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
        for key, one in self._before.items():
            expect(f"the image of {key}", now[key].image, one.image)
            expect(f"the environment of {key}", now[key].env, one.env)
        yield self._same("db", now)
        yield self._kept()
        yield "images and environment of all components equal those before the upgrade"

    def variable(self, application: Application, key: str, name: str) -> str | None:
        return self._containers(application)[key].env.get(name)

    def _containers(self, application: Application) -> dict[str, Seen]:
        found = self._engine.containers(uid=str(application.uid))
        seen = {one.labels["uplift.key"]: Seen(one, self._engine.inspect("container", one.id) or {}) for one in found}
        expect("containers", len(found), len(seen))
        return dict(sorted(seen.items()))

    def _table(self, now: dict[str, Seen]) -> Iterator[str]:
        time = self._engine.info().time
        yield from (one.sentence(key, time) for key, one in now.items())

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
        code, said = self._engine.run(self._before["db"].id, ["sh", "-c", command], 30)
        if code:
            raise Failed(f"The database of the demo did not {verb}: {said}")
        return said

    def _secrets(self, copy: Application, now: dict[str, Seen]) -> str:
        password = copy.values.get(name="DB_PASSWORD").applied_text()
        inside = self._engine.run(now["db"].id, ["cat", _SECRET], 30)
        expect("the file of the password in db", inside, (0, password))
        shown = [json.dumps(one.raw) for one in now.values()]
        shown += [json.dumps(self._engine.inspect("image", one.container.image_id)) for one in now.values()]
        expect("places of the engine that show the password", sum(password in one for one in shown), 0)
        return "the password is a file in db and worker, and in nothing that the engine shows"
