"""Going back: what was comes back, and what was edited since stays or is asked about."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from templates_app.appspec.diff.diff import diff
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from tests.specs import WEB_AND_DB, WITH_REDIS, changed
from tests.upgrades_app.engine.stories import PASSWORD, SALT, actions, planned, questions, sources, upgrade
from upgrades_app.engine.execution.resulting_state import fold_back
from upgrades_app.engine.inputs.planning_input import Answers, Kind, Side, Situation
from upgrades_app.engine.planner import make_plan
from upgrades_app.engine.planning.plan import Plan, PlanState, told

WEB_ENV = WEB_AND_DB.components["web"].env


def rollback(after: Side, now: Side, before: Side, answers: Answers | None = None) -> Situation:
    return Situation(
        kind=Kind.ROLLBACK,
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
    before, after = Side(WEB_AND_DB, secrets=PASSWORD), Side(WITH_REDIS, secrets=PASSWORD)
    plan = planned(rollback(after, after, before))

    assert plan.state is PlanState.READY, told(plan)
    assert actions(plan) == {"redis": "remove", "web": "recreate"}, told(plan)
    assert sources(plan, "web")["env OLD_CACHE_DIR"] == "as it was before", told(plan)
    assert questions(plan) == {"removed:redis": "remove", "volume:cache": "keep"}
    assert plan.spec == WEB_AND_DB


def test_an_edit_made_after_the_upgrade_stays() -> None:
    edited = changed(WITH_REDIS, "web", env={**WITH_REDIS.components["web"].env, "LOG_LEVEL": "debug"})
    plan = planned(rollback(Side(WITH_REDIS), Side(edited), Side(WEB_AND_DB)))

    assert plan.spec.components["web"].env == {**WEB_ENV, "LOG_LEVEL": "debug"}, told(plan)
    assert sources(plan, "web")["env LOG_LEVEL"] == "yours, kept"


def test_a_component_edited_since_is_asked_about() -> None:
    edited = changed(WITH_REDIS, "redis", command=["--save", ""])
    plan = planned(rollback(Side(WITH_REDIS), Side(edited), Side(WEB_AND_DB)))

    assert questions(plan)["removed:redis"] is None, told(plan)
    assert "you changed it" in plan.open_questions[0].sentence


def test_a_value_the_upgrade_took_away_comes_back() -> None:
    before = Side(WEB_AND_DB, {"WORKERS": "8"}, PASSWORD)
    after = Side(WITH_REDIS, {}, PASSWORD)

    assert dict(planned(rollback(after, after, before)).values) == {"WORKERS": "8"}


def test_a_value_changed_on_both_sides_is_asked() -> None:
    before, after = Side(WEB_AND_DB, {"WORKERS": "8"}), Side(WITH_REDIS, {"WORKERS": "4"})
    situation = rollback(after, Side(WITH_REDIS, {"WORKERS": "6"}), before)
    plan = planned(situation)
    assert questions(plan)["conflict:values.WORKERS"] is None, told(plan)

    theirs = situation.answered(Answers(conflicts={"values.WORKERS": "theirs"}))
    assert dict(planned(theirs).values) == {"WORKERS": "8"}


def test_the_templates_side_once_chosen_is_undone() -> None:
    """A merge with the old template would not bring the edit back."""
    edited = changed(WEB_AND_DB, "web", env={**WEB_ENV, "WORKERS": "8"})
    theirs = changed(WEB_AND_DB, "web", env={**WEB_ENV, "WORKERS": "4"})
    answers = Answers(conflicts={"components.web.env.WORKERS": "theirs"})
    after = planned(upgrade(WEB_AND_DB, theirs, edited, answers)).spec
    assert after.components["web"].env["WORKERS"] == "4"

    assert planned(rollback(Side(after), Side(after), Side(edited))).spec == edited


def test_an_edit_between_two_upgrades_survives_the_way_back() -> None:
    spec = changed(WEB_AND_DB, "db", user="postgres")
    edited = changed(spec, "web", working_dir="/srv")
    two = changed(edited, "web", image="shop/web:3")
    back = fold_back([(Side(two), Side(edited)), (Side(spec), Side(WEB_AND_DB))])

    assert back.spec == changed(WEB_AND_DB, "web", working_dir="/srv")


KEYS = ("api", "db", "web")
NAMES = ("A", "B", "C")
env = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["1", "2", "3"]))
component = st.fixed_dictionaries(
    {"image": st.sampled_from(["one:1", "one:2", "two:1"]), "env": env},
    optional={"ports": st.just({"80/tcp": {}}), "command": st.sampled_from([["a"], ["b"]])},
)
specs = st.dictionaries(st.sampled_from(KEYS), component).map(lambda plain: parse({"components": plain}))
choices = st.sampled_from(["ours", "theirs"])


@settings(max_examples=150, deadline=None)
@given(versions=st.lists(specs, min_size=2, max_size=4), edit=specs, choice=choices, data=st.data())
def test_back_over_any_upgrades_is_exactly_what_was(
    versions: list[AppSpec], edit: AppSpec, choice: str, data: st.DataObject
) -> None:
    """Whatever was edited before, however conflicts and removals were answered: back is as it was."""
    start = edit
    now, base, records = start, versions[0], list[tuple[Side, Side]]()
    for version in versions[1:]:
        planning_input = upgrade(base, version, now)
        settled = settle(planning_input, choice, data.draw(st.sampled_from(["keep", "remove"])))
        plan = planned(settled)
        assert not plan.open_questions, told(plan)
        records.insert(0, (Side(plan.spec), Side(now)))
        now, base = plan.spec, version
    back = make_plan(rollback(Side(now), Side(now), fold_back(records)))

    assert back.spec == start, told(back)
    assert all(question.chosen == "remove" for question in back.questions if question.kind == "removed"), told(back)


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
    now = Side(existing[-1])
    for after, was_wanted, was_there in reversed(list(zip(existing[1:], desired, existing, strict=False))):
        situation = replace(
            rollback(Side(after), now, Side(was_wanted)),
            applied=Side(after),
            applied_base=Side(after),
            applied_theirs=Side(was_there),
        )
        back = planned(situation)
        assert not [open_question for open_question in back.open_questions if open_question.kind != "risk"], told(back)
        assert (back.there, back.spec) == (was_there, was_wanted), told(back)
        waiting = {change.path for change in diff(back.there, back.spec) if change.path[0] == "components"}
        assert waiting <= shown_as_pending(back), told(back)
        now = Side(was_there)
    at_once = fold_back([(Side(after), Side(before)) for before, after in reversed(list(pairwise(existing)))])
    assert at_once.spec == applied


def shown_as_pending(plan: Plan) -> set[tuple[str, ...]]:
    """The places of which the plan says that something waits there."""
    complete = {("components", row.key) for row in plan.components if "pending" in row.source}
    return complete | {item.path for row in plan.components for item in row.fields if item.pending_value is not None}


def settle(situation: Situation, choice: str, removal: str) -> Situation:
    """Answers every question of the merge alike, and accepts every risk."""
    open_ones = make_plan(situation).open_questions
    conflicts = {open_one.id: choice for open_one in open_ones if open_one.kind == "conflict"}
    removed = {open_one.id: removal for open_one in open_ones if open_one.kind == "removed"}
    return situation.answered(
        Answers(conflicts=conflicts, removed=removed, accept_data_risk=True)  # type: ignore[arg-type]
    )
