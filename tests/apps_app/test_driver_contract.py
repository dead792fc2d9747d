"""What every driver does, whatever it is made of. A new driver joins by a bench."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps_app.drivers.base import Driver, DriverError, Note, Part, Placement
from tests.apps_app.drivers.benches import Bench
from tests.apps_app.drivers.parts import BLOG, DB, INSTALL, PASSWORD, REDIS, ROLLBACK, SHOP, UPGRADE, WEB, WEB_NEXT


def put(driver: Driver, app: Placement, note: Note, **parts: Part | None) -> str:
    """One finished session that applies some components and removes those that are None."""
    with driver.session(app, note) as session:
        for key, part in parts.items():
            if part is None:
                session.remove(key)
            else:
                session.apply(key, part)
        return session.finish().reference


def digests(driver: Driver, app: Placement = SHOP) -> dict[str, str]:
    """What is there, by key."""
    return {key: observed.digest for key, observed in driver.read(app).items() if observed.present}


INSTALLED = {"db": DB.digest, "web": WEB.digest}


def test_it_answers_a_ping_with_its_kind(bench: Bench) -> None:
    assert bench.driver().ping().kind == bench.kind


def test_one_that_runs_things_is_the_same_whoever_asks(bench: Bench) -> None:
    identity = bench.driver().ping().identity
    assert identity == bench.driver().ping().identity
    assert bool(identity) is bench.driver().runs


def test_nothing_is_there_before_anything_was_applied(driver: Driver) -> None:
    assert driver.read(SHOP) == {}


def test_what_was_applied_is_read_with_its_digest(shop: Driver) -> None:
    assert digests(shop) == INSTALLED


def test_another_driver_object_reads_the_same(shop: Driver, bench: Bench) -> None:
    assert bench.driver().read(SHOP) == shop.read(SHOP)


def test_a_component_that_changed_is_read_with_its_new_digest(shop: Driver) -> None:
    put(shop, SHOP, UPGRADE, web=WEB_NEXT)
    assert digests(shop) == {"db": DB.digest, "web": WEB_NEXT.digest}


def test_restoring_what_stands_touches_nothing(shop: Driver) -> None:
    before = shop.read(SHOP)
    with shop.session(SHOP, UPGRADE) as session:
        session.restore("web", WEB)
        session.finish()
    assert shop.read(SHOP) == before


def test_restoring_puts_back_what_was_before(shop: Driver) -> None:
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
        assert session.restore("web", WEB)
        session.finish()
    assert digests(shop) == INSTALLED


def test_volumes_with_data_stay_when_their_component_goes(shop: Driver) -> None:
    assert shop.volumes(SHOP) == (frozenset({"db-data"}) if shop.runs else frozenset())
    put(shop, SHOP, UPGRADE, db=None, web=None)
    assert shop.volumes(SHOP) == (frozenset({"db-data"}) if shop.runs else frozenset())
    assert shop.check_volume(SHOP, "db-data") in ([], ())


def test_applying_twice_is_applying_once(shop: Driver) -> None:
    before = shop.read(SHOP)
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB)
        session.apply("web", WEB)
        session.finish()
    assert shop.read(SHOP) == before


def test_the_last_part_of_a_session_wins(shop: Driver) -> None:
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
        session.remove("redis")
        session.apply("redis", REDIS)
        session.apply("web", WEB)
        session.remove("db")
        session.finish()
    assert digests(shop) == {"redis": REDIS.digest, "web": WEB.digest}


def test_removing_takes_away_and_removing_again_is_fine(shop: Driver) -> None:
    put(shop, SHOP, UPGRADE, web=None)
    put(shop, SHOP, ROLLBACK, web=None, never_there=None)
    assert digests(shop) == {"db": DB.digest}


def test_removing_the_last_component_leaves_nothing(shop: Driver) -> None:
    put(shop, SHOP, UPGRADE, web=None, db=None)
    assert shop.read(SHOP) == {}


def test_an_application_that_is_gone_can_be_installed_again(shop: Driver) -> None:
    put(shop, SHOP, UPGRADE, web=None, db=None)
    put(shop, SHOP, Note("Install again", "Record 9", "demo"), db=DB)
    assert digests(shop) == {"db": DB.digest}


def test_a_volume_that_is_not_there_is_removed_without_fuss(shop: Driver) -> None:
    with shop.session(SHOP, UPGRADE) as session:
        session.remove("db")
        session.remove_volume("db-data")
        session.remove_volume("db-data")
        session.remove_volume("never-there")
        session.finish()
    assert digests(shop) == {"web": WEB.digest}


def test_going_back_brings_back_the_digests(shop: Driver) -> None:
    put(shop, SHOP, UPGRADE, web=WEB_NEXT, redis=REDIS)
    put(shop, SHOP, ROLLBACK, web=WEB, redis=None)
    assert digests(shop) == INSTALLED


def test_the_gate_says_how_it_knows(shop: Driver) -> None:
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
        assert session.gate("web", WEB_NEXT)


def test_check_has_nothing_against_what_is_fine(shop: Driver) -> None:
    assert list(shop.check(SHOP, "web", WEB, WEB_NEXT)) == []
    assert list(shop.check(SHOP, "redis", None, REDIS)) == []
    assert list(shop.check(SHOP, "db", DB, None)) == []


def test_check_objects_to_a_name_that_another_application_has(shop: Driver) -> None:
    objections = shop.check(Placement("other-uid", SHOP.slug), "web", None, WEB)
    assert [objection for objection in objections if "another application" in objection]


def test_check_changes_nothing(shop: Driver) -> None:
    before = shop.read(SHOP)
    shop.check(SHOP, "web", WEB, WEB_NEXT)
    shop.check(SHOP, "redis", None, REDIS)
    shop.check(BLOG, "web", None, WEB)
    assert shop.read(SHOP) == before
    assert shop.read(BLOG) == {}


def test_two_applications_do_not_touch_each_other(shop: Driver) -> None:
    put(shop, BLOG, INSTALL, web=WEB_NEXT)
    put(shop, SHOP, UPGRADE, web=None)
    assert digests(shop, BLOG) == {"web": WEB_NEXT.digest}
    assert digests(shop) == {"db": DB.digest}


def test_two_applications_can_be_changed_at_the_same_time(shop: Driver, bench: Bench) -> None:
    with shop.session(SHOP, UPGRADE) as first, bench.driver().session(BLOG, INSTALL) as second:
        first.apply("web", WEB_NEXT)
        second.apply("web", WEB)
        first.finish()
        second.apply("db", DB)
        second.finish()
    assert digests(shop) == {"db": DB.digest, "web": WEB_NEXT.digest}
    assert digests(shop, BLOG) == {"db": DB.digest, "web": WEB.digest}


def test_one_application_has_one_session_at_a_time(shop: Driver, bench: Bench) -> None:
    with shop.session(SHOP, UPGRADE), pytest.raises(DriverError) as refused, bench.driver().session(SHOP, ROLLBACK):
        pass
    assert not refused.value.permanent


def test_a_session_that_ended_badly_does_not_stand_in_the_way(shop: Driver) -> None:
    with pytest.raises(ZeroDivisionError), shop.session(SHOP, UPGRADE):
        raise ZeroDivisionError
    put(shop, SHOP, ROLLBACK, web=WEB_NEXT)
    assert digests(shop)["web"] == WEB_NEXT.digest


def test_an_unfinished_session_leaves_what_its_target_can(shop: Driver, bench: Bench) -> None:
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
        session.remove("db")
    came_to = {"web": WEB_NEXT.digest}
    assert digests(shop) == (came_to if bench.keeps_unfinished else INSTALLED)


def test_the_same_note_takes_up_what_was_left(shop: Driver) -> None:
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("redis", REDIS)
        session.finish()
    assert digests(shop) == {"db": DB.digest, "redis": REDIS.digest, "web": WEB_NEXT.digest}


def test_finishing_twice_says_the_same(shop: Driver) -> None:
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
        receipt = session.finish()
        assert session.finish() == receipt
    with shop.session(SHOP, UPGRADE) as session:
        assert session.finish() == receipt


def test_a_change_by_hand_is_seen_and_put_back_by_applying(shop: Driver, bench: Bench) -> None:
    bench.change_by_hand(SHOP, "web")
    observed = shop.read(SHOP)
    assert (observed["web"].digest, bool(observed["web"].detail)) == ("", True)
    assert observed["db"].digest == DB.digest
    put(shop, SHOP, UPGRADE, web=WEB)
    assert digests(shop) == INSTALLED


def test_no_secret_value_can_be_read_by_others(shop: Driver, bench: Bench) -> None:
    put(shop, SHOP, UPGRADE, redis=REDIS)
    with shop.session(SHOP, ROLLBACK) as session:
        session.apply("db", DB)
    described = [data for data in bench.readable() if PASSWORD.encode() in data or b"Zq7-very" in data]
    assert described == []


def test_logs_are_lines_or_a_refusal_in_words(shop: Driver) -> None:
    if shop.runs:
        assert list(shop.logs(SHOP, "web", 1)) != []
    else:
        with pytest.raises(DriverError, match="starts nothing"):
            list(shop.logs(SHOP, "web", 1))


CHOICES = {"db": (None, DB), "web": (None, WEB, WEB_NEXT), "redis": (None, REDIS)}
ONE_CHANGE = st.sampled_from([(key, part) for key, parts in CHOICES.items() for part in parts])
SESSIONS = st.lists(st.tuples(st.lists(ONE_CHANGE, max_size=4), st.booleans()), min_size=1, max_size=5)
FRESH: Iterator[int] = iter(range(10**9))


type Sessions = list[tuple[list[tuple[str, Part | None]], bool]]


@pytest.mark.parametrize("bench", ["memory", "git"], indirect=True)
@given(sessions=SESSIONS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_sessions_the_target_is_where_they_came_to(
    bench: Bench, driver: Driver, sessions: Sessions
) -> None:
    come_through(bench, driver, sessions)


@pytest.mark.docker
@pytest.mark.parametrize("bench", ["docker"], indirect=True)
@given(sessions=SESSIONS)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_sessions_an_engine_is_where_they_came_to(
    bench: Bench, driver: Driver, sessions: Sessions
) -> None:
    come_through(bench, driver, sessions)


def come_through(bench: Bench, driver: Driver, sessions: Sessions) -> None:
    """Every session, and after each what must be there."""
    app = Placement(f"uid-{next(FRESH)}", f"app-{next(FRESH)}")
    desired: dict[str, str] = {}
    for number, (changes, finished) in enumerate(sessions):
        staged = dict(desired)
        with driver.session(app, Note(f"Change {number}", "", "demo")) as session:
            for key, part in changes:
                if part is None:
                    session.remove(key)
                    staged.pop(key, None)
                else:
                    session.apply(key, part)
                    staged[key] = part.digest
            if finished:
                session.finish()
        desired = staged if finished or bench.keeps_unfinished else desired
        assert digests(bench.driver(), app) == desired
    bench.clear()
