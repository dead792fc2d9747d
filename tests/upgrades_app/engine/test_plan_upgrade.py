"""What an operator reads before an upgrade."""

import json
from dataclasses import replace

from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from tests.specs import DB_UPGRADED, WEB_AND_DB, WEB_RENAMED, WITH_REDIS, added, changed, without
from tests.upgrades_app.engine.stories import (
    PASSWORD,
    actions,
    answered,
    install,
    planned,
    questions,
    sources,
    uninstall,
    upgrade,
)
from upgrades_app.engine.inputs.planning_input import Answers, Kind, Side, Situation
from upgrades_app.engine.planner import make_plan
from upgrades_app.engine.planning.plan import PlanState, told

WEB_ENV = WEB_AND_DB.components["web"].env
DEBUGGED = changed(WEB_AND_DB, "web", env={**WEB_ENV, "LOG_LEVEL": "debug"})
EIGHT_WORKERS = changed(WEB_AND_DB, "web", env={**WEB_ENV, "WORKERS": "8"})
FOUR_WORKERS = changed(WEB_AND_DB, "web", env={**WEB_ENV, "WORKERS": "4"})
CONFLICT = "conflict:components.web.env.WORKERS"


def default(spec: AppSpec, name: str, **fields: object) -> AppSpec:
    """The document with one parameter changed."""
    plain = spec.plain
    parameters = {**plain["parameters"], name: {**plain["parameters"].get(name, {}), **fields}}  # type: ignore[dict-item, union-attr]
    return parse({**plain, "parameters": parameters})


def test_redis_is_new_and_the_local_change_is_kept() -> None:
    plan = planned(upgrade(WEB_AND_DB, WITH_REDIS, DEBUGGED))

    assert plan.state is PlanState.READY, told(plan)
    assert actions(plan) == {"redis": "create", "web": "recreate"}, told(plan)
    assert [row.symbol + row.key for row in plan.components] == ["=db", "+redis", "±web"], told(plan)
    assert sources(plan, "web")["env LOG_LEVEL"] == "yours, kept", told(plan)
    assert sources(plan, "web")["env OLD_CACHE_DIR"] == "from the template", told(plan)
    assert plan.spec.components["web"].env["LOG_LEVEL"] == "debug"
    assert "OLD_CACHE_DIR" not in plan.spec.components["web"].env


def test_a_target_that_starts_nothing_replaces_nothing() -> None:
    plan = planned(upgrade(WEB_AND_DB, WITH_REDIS, runs=False))

    assert plan.step("web").sentence.startswith("web is written again: "), told(plan)
    assert [row.symbol for row in plan.components] == ["=", "+", "~"], told(plan)


def test_both_changed_the_same_place() -> None:
    planning_input = upgrade(WEB_AND_DB, FOUR_WORKERS, EIGHT_WORKERS)
    plan = planned(planning_input)
    assert plan.state is PlanState.QUESTIONS_OPEN, told(plan)
    (question,) = plan.open_questions
    assert question.name == CONFLICT
    assert question.sentence == "web env WORKERS: 8 (yours) or 4 (the template's)?"
    assert question.detail == "it was 2", told(plan)

    mine = planned(answered(planning_input, conflicts={"components.web.env.WORKERS": "ours"}))
    assert mine.state is PlanState.READY, told(mine)
    assert sources(mine, "web") == {"env WORKERS": "yours, by your choice; the template has 4"}, told(mine)
    assert actions(mine) == {}, told(mine)

    theirs = planned(answered(planning_input, conflicts={"components.web.env.WORKERS": "theirs"}))
    assert actions(theirs) == {"web": "recreate"}, told(theirs)
    assert sources(theirs, "web") == {"env WORKERS": "your choice; you had 8"}, told(theirs)
    assert theirs.spec.components["web"].env["WORKERS"] == "4"


def test_a_moved_parameter_is_a_change_of_the_image() -> None:
    plan = planned(upgrade(WEB_AND_DB, default(WEB_AND_DB, "WEB_IMAGE", default="shop/web:1.1")))

    assert sources(plan, "web") == {"image": "from parameter WEB_IMAGE"}, told(plan)
    field = plan.components[1].fields[0]
    assert (field.before, field.after) == ("shop/web:1.0", "shop/web:1.1"), told(plan)
    assert actions(plan) == {"web": "recreate"}, told(plan)


def test_only_the_version_number_changes() -> None:
    plan = planned(upgrade(WEB_AND_DB, WEB_AND_DB))

    assert plan.state is PlanState.READY
    assert [note.sentence for note in plan.notes] == ["Only the version number changes"]
    assert [step.action for step in plan.steps] == ["nothing", "nothing", "finish"], told(plan)


def test_nothing_to_do_where_not_even_the_version_changes() -> None:
    situation = upgrade(WEB_AND_DB, WEB_AND_DB)
    here = Situation(**{name: getattr(situation, name) for name in situation.__slots__} | {"to_version": "1.0"})

    assert planned(here).state is PlanState.NOTHING_TO_DO


def test_a_renamed_component_hands_over_its_port() -> None:
    planning_input = upgrade(WEB_AND_DB, WEB_RENAMED)
    plan = planned(planning_input)
    assert questions(plan) == {"removed:web": None}, told(plan)
    assert [str(blocker) for blocker in plan.blockers], "both publish 8080 as long as web stays"

    removed = planned(answered(planning_input, removed={"web": "remove"}))
    assert removed.state is PlanState.READY, told(removed)
    assert [step.key for step in removed.work] == ["web", "shop"], told(removed)


def test_a_dropped_component_is_removed_or_kept() -> None:
    planning_input = upgrade(WITH_REDIS, WEB_AND_DB)

    removed = planned(answered(planning_input, removed={"redis": "remove"}))
    assert actions(removed) == {"web": "recreate", "redis": "remove"}, told(removed)
    assert questions(removed)["volume:cache"] == "keep", told(removed)
    assert removed.arrivals == {"db": "present", "redis": "gone", "web": "present"}

    plan = planned(answered(planning_input, removed={"redis": "keep"}))
    assert actions(plan) == {"web": "recreate"}, told(plan)
    assert plan.arrivals["redis"] == "kept_as_own"
    assert "volume:cache" not in questions(plan), told(plan)


def test_a_kept_component_does_not_follow_what_the_version_decides_from_now_on() -> None:
    """Its image at the new tag was never made: nothing of it moves, neither now nor with later versions."""
    first = parse(
        {
            "parameters": {"TAG": {"default": "1.0", "fixed": True}, "WORKERS": {"default": "2"}},
            "components": {
                "web": {"image": "web:${TAG}"},
                "mail": {"image": "mail:${TAG}", "env": {"N": "${WORKERS}"}},
            },
        }
    )
    tag = first.parameters["TAG"].model_copy(update={"default": "2.0"})
    second = without(first, "mail").model_copy(update={"parameters": {**first.parameters, "TAG": tag}})
    planning_input = upgrade(first, second)
    remaining = planned(answered(planning_input, removed={"mail": "keep"}))

    for plan in (planned(planning_input), remaining):
        assert actions(plan) == {"web": "recreate"}, told(plan)
    assert remaining.spec.components["mail"].image == "mail:1.0"
    assert remaining.spec.components["mail"].env == {"N": "${WORKERS}"}

    back = replace(upgrade(remaining.spec, first), kind=Kind.ROLLBACK)
    assert planned(back).spec == first, told(planned(back))


def test_a_volume_is_deleted_only_when_ticked_and_last() -> None:
    answers = Answers(removed={"redis": "remove"}, remove_volumes=frozenset({"cache"}))
    plan = planned(upgrade(WITH_REDIS, WEB_AND_DB, answers=answers))

    assert [step.action.value for step in plan.steps][-3:] == ["remove", "remove_volume", "finish"], told(plan)
    assert sorted({step.wave for step in plan.steps}) == list(range(1, 1 + max(step.wave for step in plan.steps)))


def test_data_at_risk_wants_a_tick() -> None:
    plan = planned(upgrade(WEB_AND_DB, DB_UPGRADED))
    assert questions(plan) == {"risk:db": None}, told(plan)

    assert planned(upgrade(WEB_AND_DB, DB_UPGRADED, answers=Answers(accept_data_risk=True))).state is PlanState.READY
    ticked = Answers(accept_data_risk=frozenset({"db"}))
    assert planned(upgrade(WEB_AND_DB, DB_UPGRADED, answers=ticked)).state is PlanState.READY


def test_only_some_components() -> None:
    theirs = added(changed(FOUR_WORKERS, "db", image="postgres:18"), redis={"image": "redis:8"})
    plan = planned(upgrade(WEB_AND_DB, theirs, answers=Answers(only=frozenset({"web"}))))

    assert actions(plan) == {"web": "recreate"}, told(plan)
    assert plan.arrivals == {"db": "behind", "redis": "behind", "web": "present"}
    assert plan.state is PlanState.READY


def test_a_component_that_was_not_ticked_is_not_dragged_along() -> None:
    theirs = default(changed(WEB_AND_DB, "db", user="postgres"), "WEB_IMAGE", default="shop/web:1.1")
    plan = planned(upgrade(WEB_AND_DB, theirs, answers=Answers(only=frozenset({"db"}), accept_data_risk=True)))

    assert plan.state is PlanState.BLOCKED, told(plan)
    assert [blocker.path for blocker in plan.blockers] == ["components.web"]
    assert "(image shop/web:1.0 → shop/web:1.1); take it as well" in plan.blockers[0].message, told(plan)


def test_new_parameters_are_asked() -> None:
    theirs = default(default(WEB_AND_DB, "REGION", required=True), "COLOUR", default="blue", choices=["blue", "red"])
    planning_input = upgrade(WEB_AND_DB, theirs)
    plan = planned(planning_input)
    assert questions(plan) == {"value:COLOUR": "blue", "value:REGION": None}, told(plan)
    assert plan.state is PlanState.QUESTIONS_OPEN

    plan = planned(answered(planning_input, values={"REGION": "eu", "COLOUR": "red"}))
    assert (plan.state, dict(plan.values)) == (PlanState.READY, {"COLOUR": "red", "REGION": "eu"}), told(plan)

    plan = planned(answered(planning_input, values={"REGION": "eu", "COLOUR": "green"}))
    assert plan.state is not PlanState.READY, told(plan)


def test_a_value_for_no_parameter_is_refused() -> None:
    plan = planned(upgrade(WEB_AND_DB, WITH_REDIS, answers=Answers(values={"NOPE": "1"})))

    assert [str(blocker) for blocker in plan.blockers] == ["parameters.NOPE: there is no parameter NOPE"], told(plan)


def test_the_version_decides_what_the_operator_had_set() -> None:
    theirs = default(WEB_AND_DB, "WORKERS", default="4", fixed=True)
    side = Side(WEB_AND_DB, {"WORKERS": "8"}, PASSWORD)
    planning_input = upgrade(WEB_AND_DB, theirs, desired=side, applied=side)
    plan = planned(planning_input)
    assert questions(plan) == {"conflict:values.WORKERS": None}, told(plan)

    mine = planned(answered(planning_input, conflicts={"values.WORKERS": "ours"}))
    assert (dict(mine.values), mine.spec.parameters["WORKERS"].fixed) == ({"WORKERS": "8"}, False)
    assert actions(mine) == {}, told(mine)

    theirs_taken = planned(answered(planning_input, conflicts={"values.WORKERS": "theirs"}))
    assert dict(theirs_taken.values) == {}
    assert sources(theirs_taken, "web") == {"env WORKERS": "from parameter WORKERS"}, told(theirs_taken)


def test_a_set_value_is_kept_and_shown_beside_the_templates() -> None:
    side = Side(WEB_AND_DB, {"WORKERS": "8"}, PASSWORD)
    plan = planned(
        upgrade(WEB_AND_DB, default(WEB_AND_DB, "WORKERS", default="4"), desired=side, applied=side),
    )

    assert actions(plan) == {}, told(plan)
    assert [row.sentence() for row in plan.parameters] == ["WORKERS 8 (yours, kept; the template has 4)"]


def test_pending_changes_of_others_come_along() -> None:
    before = Side(WEB_AND_DB, secrets=PASSWORD)
    plan = planned(upgrade(WEB_AND_DB, WITH_REDIS, DEBUGGED, applied=before))

    assert [note.sentence for note in plan.notes] == ["web env LOG_LEVEL added: debug"], told(plan)
    assert sources(plan, "web")["env LOG_LEVEL"] == "yours, not applied yet", told(plan)


def test_what_does_not_hold_together_is_said_before() -> None:
    theirs = changed(WITH_REDIS, "redis", depends_on={"web": {}})
    plan = planned(upgrade(WEB_AND_DB, theirs))

    assert plan.state is PlanState.BLOCKED
    assert "redis → web → redis" in str(plan.blockers[0]), told(plan)


def test_a_changed_secret_is_only_called_changed() -> None:
    new = Side(WEB_AND_DB, secrets={"DB_PASSWORD": "Tr0ub4dor&3"})
    plan = planned(upgrade(WEB_AND_DB, WEB_AND_DB, desired=new, applied=Side(WEB_AND_DB, secrets=PASSWORD)))

    assert actions(plan) == {"db": "recreate", "web": "recreate"}, told(plan)
    assert [row.sentence() for row in plan.components[1].fields] == ["secret DB_PASSWORD •••••• → changed"]
    text = json.dumps(plan.as_json()) + told(plan)
    assert "Tr0ub4dor" not in text
    assert "correct horse" not in text


def test_generated_secrets_are_made_when_it_runs() -> None:
    plan = planned(install(WEB_AND_DB))

    assert dict(plan.generate) == {"DB_PASSWORD": "password:24"}
    assert plan.state is PlanState.READY, told(plan)
    assert questions(plan) == {"value:WORKERS": "2"}, told(plan)


def test_an_uninstall_keeps_the_data() -> None:
    plan = planned(uninstall(WITH_REDIS))

    assert [step.key for step in plan.work] == ["web", "db", "redis"], told(plan)
    assert questions(plan) == {"volume:cache": "keep", "volume:data": "keep"}


def test_the_same_situation_gives_the_same_plan() -> None:
    situation = upgrade(WEB_AND_DB, WITH_REDIS, DEBUGGED)

    assert make_plan(situation).digest == make_plan(situation).digest
    assert make_plan(situation).fingerprint != make_plan(upgrade(WEB_AND_DB, WITH_REDIS)).fingerprint


def test_a_component_removed_locally_stays_removed() -> None:
    base = added(WEB_AND_DB, mail={"image": "mail:1"})
    theirs = changed(base, "mail", image="mail:2")
    plan = planned(upgrade(base, theirs, without(base, "mail")))

    assert plan.arrivals["mail"] == "removed_locally"
    assert actions(plan) == {}, told(plan)
    assert "mail was removed here, and stays removed" in [note.sentence for note in plan.notes], told(plan)


def test_an_own_component_stays() -> None:
    plan = planned(upgrade(WEB_AND_DB, WITH_REDIS, added(WEB_AND_DB, mail={"image": "mail:1"})))

    assert "mail" in plan.spec.components
    row = next(row for row in plan.components if row.key == "mail")
    assert (row.symbol, row.source) == ("=", "yours, kept"), told(plan)
