"""Volumes and networks of a plan, and what a target that starts nothing is asked about them."""

from dataclasses import replace

from templates_app.appspec.schema.parse import parse_spec
from tests.specs import WEB_AND_DB, WITH_REDIS, changed
from tests.upgrades_app.engine.stories import PASSWORD, planned, questions, upgrade
from tests.upgrades_app.engine.test_plan_rollback import rollback
from upgrades_app.engine.inputs.message import MessageCode
from upgrades_app.engine.inputs.planning_input import Answers, SpecSide
from upgrades_app.presenters.decision_summary import summarize_decisions
from upgrades_app.presenters.messages import describe_field, describe_message, describe_question
from upgrades_app.presenters.plan_text import describe_plan

NETWORKS = parse_spec(
    {"networks": {"front": {"driver": "bridge"}, "office": {"external": True, "name": "corp"}}}
).networks
TWO_NETS = WITH_REDIS.model_copy(update={"networks": NETWORKS})


def test_new_volumes_and_networks_are_listed() -> None:
    plan = planned(upgrade(WEB_AND_DB, TWO_NETS))

    assert [describe_field(row) for row in plan.definitions] == [
        "volume cache added: default (from the template)",
        "network front added: driver bridge (from the template)",
        "network office added: corp, external (from the template)",
    ], describe_plan(plan)


def test_a_volume_that_was_kept_is_not_new() -> None:
    plan = planned(upgrade(WEB_AND_DB, TWO_NETS, volumes=frozenset({"cache", "front"})))

    assert (
        describe_field(plan.definitions[0])
        == "volume cache added: exists already; its data is used (from the template)"
    )
    assert summarize_decisions(plan).definitions == (
        "volume cache is exists already; its data is used",
        "network front is new",
        "network office is new",
    ), describe_plan(plan)


def test_a_target_that_starts_nothing_has_no_data_to_delete() -> None:
    answers = Answers(removed={"redis": "remove"}, remove_volumes=frozenset({"cache"}))
    planning_input = upgrade(WITH_REDIS, WEB_AND_DB, answers=answers)

    running, writing = planned(planning_input), planned(replace(planning_input, starts_containers=False))

    assert "volume:cache" in questions(running), describe_plan(running)
    assert questions(writing) == {"removed:redis": "remove"}, describe_plan(writing)
    assert [step.key for step in writing.steps if step.action == "remove_volume"] == []
    assert writing.questions[0].options[0].code is MessageCode.REMOVE_COMPONENT_FILES
    assert [describe_field(row) for row in writing.definitions] == ["volume cache removed (from the template)"]


def test_going_back_says_that_the_upgrade_brought_it() -> None:
    before, after = SpecSide(WEB_AND_DB, secrets=PASSWORD), SpecSide(WITH_REDIS, secrets=PASSWORD)

    plan = planned(rollback(after, after, before))

    assert describe_question(plan.questions[0]) == "redis was added after 1.0; the rollback removes it"


def test_an_edit_in_whose_place_the_template_stands_does_not_come_along() -> None:
    mine, theirs = changed(WEB_AND_DB, "web", command=["mine"]), changed(WEB_AND_DB, "web", command=["theirs"])
    planning_input = replace(upgrade(WEB_AND_DB, theirs, mine), applied=SpecSide(WEB_AND_DB))
    conflict = "components.web.command"

    plan = planned(planning_input.with_answers(Answers(conflicts={conflict: "ours"})))
    dropped = planned(planning_input.with_answers(Answers(conflicts={conflict: "theirs"})))

    assert [describe_message(note) for note in plan.notes] == ["web command added: mine"], describe_plan(plan)
    assert dropped.notes == (), describe_plan(dropped)
