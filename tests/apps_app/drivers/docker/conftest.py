"""The yard, installed at its first version, with a value in its Redis."""

from collections.abc import Iterator

import pytest

from tests.apps_app.drivers.docker import engines
from tests.apps_app.drivers.docker.yard import Yard


@pytest.fixture
def yard() -> Iterator[Yard]:
    yard = Yard(engines.address())
    yard.clear()
    installed = yard.go(yard.document())
    assert installed.status == "succeeded", installed
    assert yard.redis("set", "gate", "open") == "OK"
    yield yard
    yard.clear()
