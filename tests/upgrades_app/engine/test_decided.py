"""What is said once more before the yes."""

from tests.specs import DB_UPGRADED, WEB_AND_DB, WITH_REDIS, changed
from tests.upgrades_app.engine.stories import planned, upgrade
from upgrades_app.engine.comparison.decision_summary import decided
from upgrades_app.engine.inputs.planning_input import Answers

WEB_ENV = WEB_AND_DB.components["web"].env
EIGHT = changed(WEB_AND_DB, "web", env={**WEB_ENV, "WORKERS": "8", "LOG_LEVEL": "debug"})
FOUR = changed(WEB_AND_DB, "web", env={**WEB_ENV, "WORKERS": "4"})
CONFLICT = "components.web.env.WORKERS"


def test_both_sides_of_a_conflict_and_the_local_changes() -> None:
    planning_input = upgrade(WEB_AND_DB, FOUR, EIGHT)

    mine = decided(planned(planning_input.answered(Answers(conflicts={CONFLICT: "ours"}))))
    theirs = decided(planned(planning_input.answered(Answers(conflicts={CONFLICT: "theirs"}))))

    assert mine.answers == ("web env WORKERS stays 8 (yours)",)
    assert theirs.answers == ("web env WORKERS becomes 4 (the template's)",)
    (remaining,) = mine.kept
    assert remaining.startswith("web env LOG_LEVEL stays debug (yours, kept")


def test_a_long_text_is_not_repeated() -> None:
    mine, theirs = (changed(WEB_AND_DB, "web", command=[side * 90]) for side in ("m", "ours"))
    plan = planned(upgrade(WEB_AND_DB, theirs, mine, Answers(conflicts={"components.web.command": "ours"})))

    assert decided(plan).answers == ("web command stays yours",)


def test_what_cannot_be_taken_back() -> None:
    risky = planned(upgrade(WEB_AND_DB, DB_UPGRADED, answers=Answers(accept_data_risk=True)))
    answers = Answers(removed={"redis": "remove"}, remove_volumes=frozenset({"cache"}))
    deleting = planned(upgrade(WITH_REDIS, WEB_AND_DB, answers=answers))

    assert decided(risky).risks[0].startswith("db's data could be at risk, which you accepted: ")
    assert decided(deleting).risks == ("volume cache and its data are deleted, for ever",)


def test_volumes_components_and_what_stays_behind() -> None:
    plan = planned(upgrade(WITH_REDIS, WEB_AND_DB, answers=Answers(removed={"redis": "keep"})))
    left = planned(upgrade(WITH_REDIS, WEB_AND_DB, answers=Answers(removed={"redis": "remove"})))
    some = planned(upgrade(WEB_AND_DB, WITH_REDIS, answers=Answers(only=frozenset({"redis"}))))

    assert decided(plan).answers == ("redis stays, as the application's own",)
    assert decided(left).answers == ("volume cache and its data are kept",)
    assert decided(some).around == ("volume cache is new", "db, web stay at 1.0, and can be taken later")
