"""Going back: what was comes back, and what was edited since stays or is asked about."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from templates_app.appspec.diff.diff import diff_specs
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_spec
from tests.specs import WEB_AND_DB, WITH_REDIS, changed
from tests.upgrades_app.engine.stories import PASSWORD, SALT, actions, planned, questions, sources, upgrade
from upgrades_app.engine.execution.resulting_state import fold_records
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind, PlanningInput, SpecSide
from upgrades_app.engine.planner import build_plan
from upgrades_app.engine.planning.plan import Plan, PlanState
from upgrades_app.presenters.messages import describe_question
from upgrades_app.presenters.plan_text import describe_plan

WEB_ENV = WEB_AND_DB.components["web"].env


def rollback(after: SpecSide, now: SpecSide, before: SpecSide, answers: Answers | None = None) -> PlanningInput:
    return PlanningInput(
        kind=OperationKind.ROLLBACK,
        application="shop-copy",
        template="Shop",
        from_version="1.1",
        to_version="1.0",
        base=after,
        desired=now,
        applied=now,
        theirs=before,
        answers=answers or Answers(),
        salt=SALT,
    )


def test_back_to_what_was() -> None:
    before, after = SpecSide(WEB_AND_DB, secrets=PASSWORD), SpecSide(WITH_REDIS, secrets=PASSWORD)
    plan = planned(rollback(after, after, before))

    assert plan.state is PlanState.READY, describe_plan(plan)
    assert actions(plan) == {"redis": "remove", "web": "recreate"}, describe_plan(plan)
    assert sources(plan, "web")["env OLD_CACHE_DIR"] == "previous value", describe_plan(plan)
    assert questions(plan) == {"removed:redis": "remove", "volume:cache": "keep"}
    assert plan.spec == WEB_AND_DB


def test_an_edit_made_after_the_upgrade_stays() -> None:
    edited = changed(WITH_REDIS, "web", env={**WITH_REDIS.components["web"].env, "LOG_LEVEL": "debug"})
    plan = planned(rollback(SpecSide(WITH_REDIS), SpecSide(edited), SpecSide(WEB_AND_DB)))

    assert plan.spec.components["web"].env == {**WEB_ENV, "LOG_LEVEL": "debug"}, describe_plan(plan)
    assert sources(plan, "web")["env LOG_LEVEL"] == "local value, kept"


def test_a_component_edited_since_is_asked_about() -> None:
    edited = changed(WITH_REDIS, "redis", command=["--save", ""])
    plan = planned(rollback(SpecSide(WITH_REDIS), SpecSide(edited), SpecSide(WEB_AND_DB)))

    assert questions(plan)["removed:redis"] is None, describe_plan(plan)
    assert "local changes; the" in describe_question(plan.open_questions[0])


def test_a_value_the_upgrade_took_away_comes_back() -> None:
    before = SpecSide(WEB_AND_DB, {"WORKERS": "8"}, PASSWORD)
    after = SpecSide(WITH_REDIS, {}, PASSWORD)

    assert dict(planned(rollback(after, after, before)).values) == {"WORKERS": "8"}


def test_a_value_changed_on_both_sides_is_asked() -> None:
    before, after = SpecSide(WEB_AND_DB, {"WORKERS": "8"}), SpecSide(WITH_REDIS, {"WORKERS": "4"})
    situation = rollback(after, SpecSide(WITH_REDIS, {"WORKERS": "6"}), before)
    plan = planned(situation)
    assert questions(plan)["conflict:values.WORKERS"] is None, describe_plan(plan)

    theirs = situation.with_answers(Answers(conflicts={"values.WORKERS": "theirs"}))
    assert dict(planned(theirs).values) == {"WORKERS": "8"}


def test_the_templates_side_once_chosen_is_undone() -> None:
    """A merge with the old template would not bring the edit back."""
    edited = changed(WEB_AND_DB, "web", env={**WEB_ENV, "WORKERS": "8"})
    theirs = changed(WEB_AND_DB, "web", env={**WEB_ENV, "WORKERS": "4"})
    answers = Answers(conflicts={"components.web.env.WORKERS": "theirs"})
    after = planned(upgrade(WEB_AND_DB, theirs, edited, answers)).spec
    assert after.components["web"].env["WORKERS"] == "4"

    assert planned(rollback(SpecSide(after), SpecSide(after), SpecSide(edited))).spec == edited


def test_an_edit_between_two_upgrades_survives_the_way_back() -> None:
    spec = changed(WEB_AND_DB, "db", user="postgres")
    edited = changed(spec, "web", working_dir="/srv")
    two = changed(edited, "web", image="shop/web:3")
    back = fold_records([(SpecSide(two), SpecSide(edited)), (SpecSide(spec), SpecSide(WEB_AND_DB))])

    assert back.spec == changed(WEB_AND_DB, "web", working_dir="/srv")


KEYS = ("api", "db", "web")
NAMES = ("A", "B", "C")
env = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["1", "2", "3"]))
component = st.fixed_dictionaries(
    {"image": st.sampled_from(["one:1", "one:2", "two:1"]), "env": env},
    optional={"ports": st.just({"80/tcp": {}}), "command": st.sampled_from([["a"], ["b"]])},
)
specs = st.dictionaries(st.sampled_from(KEYS), component).map(lambda plain: parse_spec({"components": plain}))
choices = st.sampled_from(["ours", "theirs"])


@settings(max_examples=150, deadline=None)
@given(versions=st.lists(specs, min_size=2, max_size=4), edit=specs, choice=choices, data=st.data())
def test_back_over_any_upgrades_is_exactly_what_was(
    versions: list[AppSpec], edit: AppSpec, choice: str, data: st.DataObject
) -> None:
    """Whatever was edited before, however conflicts and removals were answered: back is as it was."""
    start = edit
    now, base, records = start, versions[0], list[tuple[SpecSide, SpecSide]]()
    for version in versions[1:]:
        planning_input = upgrade(base, version, now)
        settled = settle(planning_input, choice, data.draw(st.sampled_from(["keep", "remove"])))
        plan = planned(settled)
        assert not plan.open_questions, describe_plan(plan)
        records.insert(0, (SpecSide(plan.spec), SpecSide(now)))
        now, base = plan.spec, version
    back = build_plan(rollback(SpecSide(now), SpecSide(now), fold_records(records)))

    assert back.spec == start, describe_plan(back)
    assert all(question.effective_answer == "remove" for question in back.questions if question.kind == "removed"), (
        describe_plan(back)
    )


@settings(max_examples=150, deadline=None)
@given(
    versions=st.lists(specs, min_size=2, max_size=4),
    edits=st.lists(specs, min_size=3, max_size=3),
    applied=specs,
    choice=choices,
)
def test_back_is_exactly_what_was_applied_and_what_waited(
    versions: list[AppSpec], edits: list[AppSpec], applied: AppSpec, choice: str
) -> None:
    """Before every upgrade something else is desired than was applied; one record after the other is gone back over."""
    existing, desired = [applied], list[AppSpec]()
    for (base, version), edit in zip(pairwise(versions), edits, strict=False):
        desired.append(edit)
        upgraded = planned(settle(upgrade(base, version, edit), choice, "remove")).spec
        existing.append(upgraded)
    now = SpecSide(existing[-1])
    for after, was_wanted, was_there in reversed(list(zip(existing[1:], desired, existing, strict=False))):
        situation = replace(
            rollback(SpecSide(after), now, SpecSide(was_wanted)),
            applied=SpecSide(after),
            applied_base=SpecSide(after),
            applied_theirs=SpecSide(was_there),
        )
        back = planned(situation)
        assert not [open_question for open_question in back.open_questions if open_question.kind != "risk"], (
            describe_plan(back)
        )
        assert (back.target_spec, back.spec) == (was_there, was_wanted), describe_plan(back)
        waiting = {change.path for change in diff_specs(back.target_spec, back.spec) if change.path[0] == "components"}
        assert waiting <= shown_as_pending(back), describe_plan(back)
        now = SpecSide(was_there)
    at_once = fold_records(
        [(SpecSide(after), SpecSide(before)) for before, after in reversed(list(pairwise(existing)))]
    )
    assert at_once.spec == applied


def shown_as_pending(plan: Plan) -> set[tuple[str, ...]]:
    """The places with a pending edit."""
    complete = {("components", row.key) for row in plan.components if row.provenance.kind.is_pending}
    return complete | {item.path for row in plan.components for item in row.fields if item.pending is not None}


def settle(situation: PlanningInput, choice: str, removal: str) -> PlanningInput:
    """Answers every question of the merge alike, and accepts every risk."""
    open_ones = build_plan(situation).open_questions
    conflicts = {open_one.id: choice for open_one in open_ones if open_one.kind == "conflict"}
    removed = {open_one.id: removal for open_one in open_ones if open_one.kind == "removed"}
    return situation.with_answers(
        Answers(conflicts=conflicts, removed=removed, accept_data_risk=True)  # type: ignore[arg-type]
    )
