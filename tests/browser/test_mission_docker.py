"""The whole flow in a real browser, with containers that really run, looked at through the engine's own API."""

import urllib.request
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.apps_app.drivers.docker import engines
from tests.browser.mission import Mission
from tests.browser.served import served_demo

pytestmark = pytest.mark.docker
SECRET = "/run/secrets/db_password"


@dataclass(frozen=True)
class There:
    """The containers of shop-copy, by component, as the engine describes them."""

    raw: dict[str, dict[str, Any]]

    @classmethod
    def now(cls) -> "There":
        listed = engines.api().containers(all=True, filters={"label": ["uplift.slug=shop-copy"]})
        result = [engines.api().inspect_container(item["Id"]) for item in listed]
        raw = {item["Config"]["Labels"]["uplift.key"]: item for item in result}
        assert len(raw) == len(result), [item["Name"] for item in result]
        return cls(raw)

    def lives(self, key: str) -> tuple[str, str, bool]:
        """Id, since when, and whether it runs."""
        item = self.raw[key]
        return item["Id"], item["State"]["StartedAt"], item["State"]["Running"]

    def env(self, key: str) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.raw[key]["Config"]["Env"])

    def image(self, key: str) -> str:
        return str(self.raw[key]["Config"]["Image"])

    def page(self) -> str:
        port = self.raw["web"]["NetworkSettings"]["Ports"]["8000/tcp"][0]["HostPort"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return str(answer.read().decode().strip())

    def inside(self, key: str, command: str) -> str:
        created = engines.api().exec_create(self.raw[key]["Id"], ["sh", "-c", command])
        return str(engines.api().exec_start(created["Id"]).decode().strip())

    def redis(self, words: str) -> str:
        return self.inside("db", f"REDISCLI_AUTH=$(cat {SECRET}) redis-cli {words}")


def test_the_flow_on_an_engine(page: Page) -> None:
    page.context.set_default_timeout(15_000)
    engine = engines.address()
    with served_demo("--target", "docker", "--local-images", DOCKER_HOST=engine) as (url, password):
        mission = Mission(page, url, lambda name: None)
        mission.sign_in(password)
        mission.publish()
        before = There.now()
        assert before.redis("set motto kept") == "OK"
        assert (before.page(), sorted(before.raw)) == ("version 1", ["db", "web", "worker"])
        mission.upgrade()
        after = There.now()
        _upgraded(before, after)
        mission.go_back("Succeeded: at 1.0")
        _back(before, after, There.now())
        mission.meet_a_conflict()
        page.goto("about:blank")
    assert There.now().raw == {}


def _upgraded(before: There, after: There) -> None:
    assert sorted(after.raw) == ["db", "redis", "web", "worker"]
    assert after.lives("db") == before.lives("db")
    assert after.lives("web")[0] != before.lives("web")[0]
    assert (after.image("web"), after.image("redis")) == ("local/uplift-web:2", "local/uplift-redis:8")
    assert after.page() == "version 2"
    assert after.env("web")["LOG_LEVEL"] == "debug"
    assert "OLD_CACHE_DIR" in before.env("web")
    assert "OLD_CACHE_DIR" not in after.env("web")
    assert (before.env("worker")["WORKERS"], after.env("worker")["WORKERS"]) == ("2", "4")
    assert after.redis("get motto") == "kept"
    password = after.inside("db", f"cat {SECRET}")
    assert len(password) > 8
    assert password not in str(after.raw)


def _back(before: There, after: There, now: There) -> None:
    assert sorted(now.raw) == sorted(before.raw)
    assert now.lives("db") == before.lives("db")
    assert [now.image(key) for key in now.raw] == [before.image(key) for key in now.raw]
    assert [now.env(key) for key in now.raw] == [before.env(key) for key in now.raw]
    assert now.lives("web")[0] not in {before.lives("web")[0], after.lives("web")[0]}
    assert (now.page(), now.redis("get motto")) == ("version 1", "kept")
