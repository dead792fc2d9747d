"""What every test of the road holds to: no target is asked while a transaction is open, for it may take its time."""

import pytest
from django.db import connection

from apps_app.drivers.base import Driver
from apps_app.models import Target


@pytest.fixture(autouse=True)
def _no_target_is_asked_inside_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Target.open_driver

    def driver(self: Target) -> Driver:
        ours = [block for block in connection.atomic_blocks if not block._from_testcase]  # type: ignore[attr-defined]  # Django's own mark
        assert not ours, "a target is asked while rows may be locked"
        return real(self)

    monkeypatch.setattr(Target, "open_driver", driver)
