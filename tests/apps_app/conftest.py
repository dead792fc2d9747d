"""Every kind of target in turn, for what all drivers do alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps_app.drivers.base import Driver
from tests.apps_app.drivers.benches import BENCHES, Bench
from tests.apps_app.drivers.parts import DB, INSTALL, SHOP, WEB

KINDS = [pytest.param(kind, marks=[pytest.mark.docker] if kind == "docker" else []) for kind in BENCHES]


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    bench = BENCHES[request.param](tmp_path)
    yield bench
    bench.clear()


@pytest.fixture
def driver(bench: Bench) -> Driver:
    return bench.driver()


@pytest.fixture
def shop(driver: Driver) -> Driver:
    """A target where the shop is installed: db and web."""
    with driver.session(SHOP, INSTALL) as session:
        session.apply("db", DB)
        session.apply("web", WEB)
        session.finish()
    return driver
