"""What every driver says of what somebody else made of a component, and how it is kept."""

from dataclasses import replace

import pytest

from apps_app.drivers.base import Driver, DriverError, Note, Part
from templates_app.appspec.schema.component import ComponentSpec
from tests.apps_app.drivers.benches import Bench
from tests.apps_app.drivers.parts import DB, PASSWORD, ROLLBACK, SHOP, UPGRADE, WEB, WEB_NEXT

PARTS = {"db": DB, "web": WEB}
KEEP = Note("Keep db as it is on the target", "By demo", "demo")


def with_env(part: Part, **env: str) -> ComponentSpec:
    return part.component.model_copy(update={"env": {**part.component.env, **env}})


def kept(component: ComponentSpec, of: Part = DB) -> Part:
    return replace(of, component=component, digest=f"{of.digest} with {len(component.env)} names")


def test_what_is_as_it_was_applied_is_found_as_it_is_written(shop: Driver) -> None:
    result = shop.found(SHOP, PARTS)
    assert {key: live.component for key, live in result.items()} == {"db": DB.component, "web": WEB.component}
    assert [live.beside for live in result.values()] == [(), ()]


def test_what_nobody_has_applied_is_not_found(driver: Driver) -> None:
    assert driver.found(SHOP, PARTS) == {}


def test_the_field_that_somebody_changed_is_told_and_no_other(shop: Driver, bench: Bench) -> None:
    bench.set_env_by_hand(SHOP, "db", TZ="UTC")
    assert shop.read(SHOP)["db"].digest == ""
    result = shop.found(SHOP, PARTS)
    assert result["db"].component == with_env(DB, TZ="UTC")
    assert result["web"].component == WEB.component
    assert shop.read(SHOP)["web"].digest == WEB.digest


def test_a_secret_stays_a_reference_and_another_value_in_its_place_does_not(shop: Driver, bench: Bench) -> None:
    bench.set_env_by_hand(SHOP, "db", POSTGRES_PASSWORD="another-one")
    result = shop.found(SHOP, PARTS)
    component = result["db"].component
    assert component is not None
    assert component.env["POSTGRES_PASSWORD"] == "another-one"
    assert PASSWORD not in repr(result)


def test_what_no_field_can_say_is_said_beside(shop: Driver, bench: Bench) -> None:
    bench.change_by_hand(SHOP, "web")
    live = shop.found(SHOP, PARTS)["web"]
    assert live.beside or live.component != WEB.component


def test_what_is_gone_is_not_found(shop: Driver, bench: Bench) -> None:
    bench.take_away_by_hand(SHOP, "web")
    assert sorted(shop.found(SHOP, PARTS)) == ["db"]


def test_what_is_kept_is_as_applied_from_then_on(shop: Driver, bench: Bench) -> None:
    bench.set_env_by_hand(SHOP, "db", TZ="UTC")
    part = kept(with_env(DB, TZ="UTC"))
    shop.keep(SHOP, KEEP, "db", part)
    read = bench.driver().read(SHOP)
    assert {key: observed.digest for key, observed in read.items()} == {"db": part.digest, "web": WEB.digest}
    result = shop.found(SHOP, {"db": part, "web": WEB})
    assert (result["db"].component, result["db"].beside) == (part.component, ())


def test_a_change_of_another_component_leaves_what_is_kept(shop: Driver, bench: Bench) -> None:
    bench.set_env_by_hand(SHOP, "db", TZ="UTC")
    part = kept(with_env(DB, TZ="UTC"))
    shop.keep(SHOP, KEEP, "db", part)
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
        session.apply("db", part)
        session.finish()
    assert shop.read(SHOP)["db"].digest == part.digest
    assert shop.found(SHOP, {"db": part})["db"].component == part.component


def test_what_was_kept_can_be_changed_back(shop: Driver, bench: Bench) -> None:
    bench.set_env_by_hand(SHOP, "db", TZ="UTC")
    shop.keep(SHOP, KEEP, "db", kept(with_env(DB, TZ="UTC")))
    with shop.session(SHOP, ROLLBACK) as session:
        session.apply("db", DB)
        session.gate("db", DB)
        session.finish()
    assert shop.read(SHOP)["db"].digest == DB.digest
    assert shop.found(SHOP, PARTS)["db"].component == DB.component


def test_nothing_is_kept_that_is_something_else_by_now(shop: Driver, bench: Bench) -> None:
    bench.set_env_by_hand(SHOP, "db", TZ="UTC")
    part = kept(with_env(DB, TZ="UTC"))
    bench.set_env_by_hand(SHOP, "db", TZ="CET")
    with pytest.raises(DriverError, match="something else by now"):
        shop.keep(SHOP, KEEP, "db", part)
    assert shop.read(SHOP)["db"].digest == ""


def test_putting_back_takes_away_what_others_did(shop: Driver, bench: Bench) -> None:
    bench.set_env_by_hand(SHOP, "db", TZ="UTC")
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("db", DB)
        session.gate("db", DB)
        session.finish()
    assert shop.read(SHOP)["db"].digest == DB.digest
    assert shop.found(SHOP, PARTS)["db"].component == DB.component


def test_one_of_two_that_differ_is_kept_and_the_other_still_differs(shop: Driver, bench: Bench) -> None:
    bench.set_env_by_hand(SHOP, "db", TZ="UTC")
    bench.set_env_by_hand(SHOP, "web", TZ="UTC")
    shop.keep(SHOP, KEEP, "db", kept(with_env(DB, TZ="UTC")))
    assert shop.read(SHOP)["web"].digest == ""
    assert shop.found(SHOP, PARTS)["web"].component == with_env(WEB, TZ="UTC")
