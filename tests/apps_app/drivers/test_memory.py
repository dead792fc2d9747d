"""The faults that a test asks of the memory target."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps_app.drivers.base import ComponentState, Driver, DriverError
from apps_app.drivers.memory import MemoryTarget, ProcessDied, forget, memory_target
from apps_app.drivers.registry import open_driver
from tests.apps_app.drivers.parts import DB, INSTALL, SHOP, UPGRADE, WEB, WEB_NEXT


@pytest.fixture
def target(tmp_path: Path) -> Iterator[MemoryTarget]:
    yield memory_target(str(tmp_path))
    forget(str(tmp_path))


@pytest.fixture
def memory(target: MemoryTarget, tmp_path: Path) -> Driver:
    driver = open_driver("memory", {"name": str(tmp_path)}, "")
    with driver.session(SHOP, INSTALL) as session:
        session.apply("db", DB)
        session.apply("web", WEB)
        session.finish()
    target.verbs.clear()
    return driver


def test_the_order_of_verbs_is_kept(memory: Driver, target: MemoryTarget) -> None:
    memory.check(SHOP, "web", WEB, WEB_NEXT)
    with memory.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
        session.wait_for_health("web", WEB_NEXT)
        session.remove("db")
        session.remove_volume("db-data")
        session.finish()
    assert target.done() == [
        ("check", "web"),
        ("apply", "web"),
        ("gate", "web"),
        ("remove", "db"),
        ("remove_volume", "db-data"),
        ("finish", ""),
    ]
    assert target.done("apply", "remove") == [("apply", "web"), ("remove", "db")]


def test_a_failing_verb_changes_nothing_and_fails_so_often(memory: Driver, target: MemoryTarget) -> None:
    target.fail("apply", "web", times=2, permanent=False, message="busy; try again")
    with memory.session(SHOP, UPGRADE) as session:
        for _ in range(2):
            with pytest.raises(DriverError, match="busy; try again") as failed:
                session.apply("web", WEB_NEXT)
            assert not failed.value.permanent
            assert memory.read(SHOP)["web"].digest == WEB.digest
        session.apply("web", WEB_NEXT)
    assert memory.read(SHOP)["web"].digest == WEB_NEXT.digest


def test_never_healthy_fails_the_gate_until_it_is_healed(memory: Driver, target: MemoryTarget) -> None:
    target.never_healthy("web")
    assert memory.read(SHOP)["web"].state is ComponentState.UNHEALTHY
    with memory.session(SHOP, UPGRADE) as session:
        with pytest.raises(DriverError, match="web was not healthy within 5m"):
            session.wait_for_health("web", WEB)
        target.heal()
        assert session.wait_for_health("web", WEB) == "healthy"


def test_an_objection_is_said_until_it_is_healed(memory: Driver, target: MemoryTarget) -> None:
    target.object_to("web", "port 8080 is taken")
    assert [issue.params for issue in memory.check(SHOP, "web", WEB, WEB_NEXT)] == [{"reason": "port 8080 is taken"}]
    target.heal()
    assert memory.check(SHOP, "web", WEB, WEB_NEXT) == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_dying_is_no_error_that_anything_catches(memory: Driver, target: MemoryTarget, after: bool) -> None:
    target.die("apply", "web", after=after)
    assert not issubclass(ProcessDied, Exception)
    with pytest.raises(ProcessDied), memory.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
    assert memory.read(SHOP)["web"].digest == (WEB_NEXT if after else WEB).digest
    with memory.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)


def test_volumes_outlive_their_components(memory: Driver, target: MemoryTarget) -> None:
    with memory.session(SHOP, UPGRADE) as session:
        session.remove("db")
        assert target.volumes(SHOP.uid) == {"db-data"}
        session.remove_volume("db-data")
    assert target.volumes(SHOP.uid) == frozenset()


def test_what_somebody_took_away_is_not_there(memory: Driver, target: MemoryTarget) -> None:
    target.take_away(SHOP.uid, "db")
    assert set(memory.read(SHOP)) == {"web"}


def test_a_forgotten_target_begins_anew(memory: Driver, tmp_path: Path) -> None:
    forget(str(tmp_path))
    assert memory.read(SHOP) == {}
