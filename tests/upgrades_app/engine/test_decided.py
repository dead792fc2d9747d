"""What is said once more before the yes."""

from tests.specs import DB_UPGRADED, WEB_AND_DB, WITH_REDIS, changed
from tests.upgrades_app.engine.stories import planned, upgrade
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.presenters.decision_summary import summarize_decisions

WEB_ENV = WEB_AND_DB.components["web"].env
EIGHT = changed(WEB_AND_DB, "web", env={**WEB_ENV, "WORKERS": "8", "LOG_LEVEL": "debug"})
FOUR = changed(WEB_AND_DB, "web", env={**WEB_ENV, "WORKERS": "4"})
CONFLICT = "components.web.env.WORKERS"


def test_both_sides_of_a_conflict_and_the_local_changes() -> None:
    planning_input = upgrade(WEB_AND_DB, FOUR, EIGHT)

    mine = summarize_decisions(planned(planning_input.with_answers(Answers(conflicts={CONFLICT: "ours"}))))
    theirs = summarize_decisions(planned(planning_input.with_answers(Answers(conflicts={CONFLICT: "theirs"}))))

    assert mine.answers == ("web env WORKERS stays 8 (local value)",)
    assert theirs.answers == ("web env WORKERS becomes 4 (template value)",)
    (remaining,) = mine.kept_values
    assert remaining.startswith("web env LOG_LEVEL stays debug (local value, kept")


def test_a_long_text_is_not_repeated() -> None:
    mine, theirs = (changed(WEB_AND_DB, "web", command=[side * 90]) for side in ("m", "ours"))
    plan = planned(upgrade(WEB_AND_DB, theirs, mine, Answers(conflicts={"components.web.command": "ours"})))

    assert summarize_decisions(plan).answers == ("web command stays (local value)",)


def test_what_cannot_be_taken_back() -> None:
    risky = planned(upgrade(WEB_AND_DB, DB_UPGRADED, answers=Answers(accept_data_risk=True)))
    answers = Answers(removed={"redis": "remove"}, remove_volumes=frozenset({"cache"}))
    deleting = planned(upgrade(WITH_REDIS, WEB_AND_DB, answers=answers))

    assert summarize_decisions(risky).risks[0].startswith("The data of db may be at risk: ")
    assert summarize_decisions(deleting).risks == ("volume cache and its data are deleted permanently",)


def test_volumes_components_and_what_stays_behind() -> None:
    plan = planned(upgrade(WITH_REDIS, WEB_AND_DB, answers=Answers(removed={"redis": "keep"})))
    left = planned(upgrade(WITH_REDIS, WEB_AND_DB, answers=Answers(removed={"redis": "remove"})))
    some = planned(upgrade(WEB_AND_DB, WITH_REDIS, answers=Answers(only=frozenset({"redis"}))))

    assert summarize_decisions(plan).answers == ("redis stays, as a local component",)
    assert summarize_decisions(left).answers == ("volume cache and its data are kept",)
    assert summarize_decisions(some).definitions == (
        "volume cache is new",
        "db, web stay at 1.0, and can be upgraded later",
    )
