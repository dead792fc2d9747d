"""The yard, installed at its first version, with a value in its Redis."""

from collections.abc import Iterator

import pytest

from tests.apps_app.drivers.docker import engines
from tests.apps_app.drivers.docker.yard import Yard


@pytest.fixture
def empty() -> Iterator[Yard]:
    """The engine without anything of the yard."""
    yard = Yard(engines.address())
    yard.clear()
    yield yard
    yard.clear()


@pytest.fixture
def yard(empty: Yard) -> Yard:
    installed = empty.go(empty.document())
    assert installed.status == "succeeded", installed
    assert empty.redis("set", "gate", "open") == "OK"
    return empty
