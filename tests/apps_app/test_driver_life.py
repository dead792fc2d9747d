"""What every driver does around the steps of a plan: bring, warn, stop and start."""

import pytest

from apps_app.drivers.base import Driver, DriverError, State
from tests.apps_app.drivers.parts import SHOP, UPGRADE, WEB, WEB_NEXT


def test_what_a_part_needs_is_brought_and_nothing_that_runs_is_touched(shop: Driver) -> None:
    before = shop.read(SHOP)
    shop.prepare(SHOP, "web", WEB_NEXT, lambda _: None)
    assert shop.read(SHOP) == before


def test_an_application_alone_is_warned_of_nothing_that_others_have(shop: Driver) -> None:
    assert list(shop.warnings(SHOP, "web", WEB, WEB_NEXT)) == []


def test_what_is_stopped_is_kept_and_starts_again(shop: Driver) -> None:
    before = {key: observed.digest for key, observed in shop.read(SHOP).items()}
    with shop.session(SHOP, UPGRADE) as session:
        if not shop.runs:
            with pytest.raises(DriverError, match="starts nothing"):
                session.stop("web")
            return
        session.stop("web")
        session.stop("web")
        assert shop.read(SHOP)["web"].state is State.STOPPED
        assert {key: observed.digest for key, observed in shop.read(SHOP).items()} == before
        session.start("web")
        session.start("web")
        session.restart("web")
        assert shop.read(SHOP)["web"].state is not State.STOPPED
    assert {key: observed.digest for key, observed in shop.read(SHOP).items()} == before
