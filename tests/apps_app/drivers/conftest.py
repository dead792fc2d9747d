"""A repository in which the shop is installed."""

from pathlib import Path

import pytest

from apps_app.drivers.base import ComponentPart, Driver, OperationNote, Placement, SessionResult
from apps_app.drivers.registry import open_driver
from tests.apps_app.drivers.parts import DB, INSTALL, SHOP, WEB


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "repository"


@pytest.fixture
def driver(path: Path) -> Driver:
    return open_driver("git", {"path": str(path)}, "")


@pytest.fixture
def shop(driver: Driver) -> Driver:
    put(driver, SHOP, INSTALL, db=DB, web=WEB)
    return driver


def put(driver: Driver, app: Placement, note: OperationNote, **parts: ComponentPart | None) -> SessionResult:
    """One finished session that applies some components and removes those that are None."""
    with driver.session(app, note) as session:
        for key, part in parts.items():
            if part is None:
                session.remove(key)
            else:
                session.apply(key, part)
        return session.finish()
