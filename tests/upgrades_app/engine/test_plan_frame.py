"""Volumes and networks of a plan, and what a target that starts nothing is asked about them."""

from dataclasses import replace

from templates_app.appspec.schema.parse import parse
from tests.specs import WEB_AND_DB, WITH_REDIS, changed
from tests.upgrades_app.engine.stories import PASSWORD, planned, questions, upgrade
from tests.upgrades_app.engine.test_plan_rollback import rollback
from upgrades_app.engine.comparison.decision_summary import decided
from upgrades_app.engine.inputs.planning_input import Answers, Side
from upgrades_app.engine.planning.plan import told

NETWORKS = parse({"networks": {"front": {"driver": "bridge"}, "office": {"external": True, "name": "corp"}}}).networks
TWO_NETS = WITH_REDIS.model_copy(update={"networks": NETWORKS})


def test_new_volumes_and_networks_are_listed() -> None:
    plan = planned(upgrade(WEB_AND_DB, TWO_NETS))

    assert [row.sentence() for row in plan.frame] == [
        "volume cache added: there (from the template)",
        "network front added: driver bridge (from the template)",
        "network office added: corp, made by others (from the template)",
    ], told(plan)


def test_a_volume_that_was_kept_is_not_new() -> None:
    plan = planned(upgrade(WEB_AND_DB, TWO_NETS, volumes=frozenset({"cache", "front"})))

    assert plan.frame[0].sentence() == "volume cache added: there already: its data is used (from the template)"
    assert decided(plan).around == (
        "volume cache is there already: its data is used",
        "network front is new",
        "network office is new",
    ), told(plan)


def test_a_target_that_starts_nothing_has_no_data_to_delete() -> None:
    answers = Answers(removed={"redis": "remove"}, remove_volumes=frozenset({"cache"}))
    planning_input = upgrade(WITH_REDIS, WEB_AND_DB, answers=answers)

    runs, writes = planned(planning_input), planned(replace(planning_input, runs=False))

    assert "volume:cache" in questions(runs), told(runs)
    assert questions(writes) == {"removed:redis": "remove"}, told(writes)
    assert [step.key for step in writes.steps if step.action == "remove_volume"] == []
    assert writes.questions[0].choices[0].label == "take redis out"
    assert [row.sentence() for row in writes.frame] == ["volume cache removed (from the template)"]


def test_going_back_says_that_the_upgrade_brought_it() -> None:
    before, after = Side(WEB_AND_DB, secrets=PASSWORD), Side(WITH_REDIS, secrets=PASSWORD)

    plan = planned(rollback(after, after, before))

    assert plan.questions[0].sentence == "redis came after 1.0, and going back removes it"


def test_an_edit_in_whose_place_the_template_stands_does_not_come_along() -> None:
    mine, theirs = changed(WEB_AND_DB, "web", command=["mine"]), changed(WEB_AND_DB, "web", command=["theirs"])
    planning_input = replace(upgrade(WEB_AND_DB, theirs, mine), applied=Side(WEB_AND_DB))
    conflict = "components.web.command"

    plan = planned(planning_input.answered(Answers(conflicts={conflict: "ours"})))
    dropped = planned(planning_input.answered(Answers(conflicts={conflict: "theirs"})))

    assert [note.sentence for note in plan.notes] == ["web command added: mine"], told(plan)
    assert dropped.notes == (), told(dropped)
