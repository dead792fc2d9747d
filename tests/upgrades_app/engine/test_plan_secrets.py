"""A secret that a version asks for otherwise is in no plan."""

import json

from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_spec
from tests.specs import WEB_AND_DB, changed
from tests.upgrades_app.engine.stories import PASSWORD, actions, planned, upgrade
from upgrades_app.engine.inputs.message import MessageCode
from upgrades_app.engine.inputs.planning_input import SpecSide
from upgrades_app.engine.planning.plan import Plan, PlanState
from upgrades_app.presenters.confirm_view import build_confirm_summary as said_before_the_confirm
from upgrades_app.presenters.messages import describe_message
from upgrades_app.presenters.plan_text import describe_plan


def with_password(**fields: object) -> AppSpec:
    """The document with another DB_PASSWORD."""
    plain = WEB_AND_DB.plain
    parameters = {**plain["parameters"], "DB_PASSWORD": fields}  # type: ignore[dict-item]  # a document's tree
    return parse_spec({**plain, "parameters": parameters})


def test_what_was_given_as_a_secret_stays_one_though_the_version_asks_for_it_openly() -> None:
    plan = planned(upgrade(WEB_AND_DB, with_password(required=True)))

    assert PASSWORD["DB_PASSWORD"] not in json.dumps(plan.as_json()), describe_plan(plan)
    assert plan.spec.parameters["DB_PASSWORD"].secret
    assert "DB_PASSWORD" not in plan.values
    assert actions(plan) == {}, describe_plan(plan)


def test_a_secret_that_the_version_decides_now_is_nowhere_in_the_plan() -> None:
    theirs = with_password(fixed=True, default="open to all")

    plan = planned(upgrade(WEB_AND_DB, theirs))

    assert PASSWORD["DB_PASSWORD"] not in json.dumps(plan.as_json()), describe_plan(plan)
    assert not plan.spec.parameters["DB_PASSWORD"].secret
    assert "open to all" in json.dumps(plan.as_json()), describe_plan(plan)


ROTATION_NOTE = (
    "db keeps data in the volume data, which may still contain the old {}. Change it inside db first, then apply"
)


def cautions(plan: Plan) -> list[str]:
    return [describe_message(note) for note in plan.notes if note.code is MessageCode.CREDENTIAL_ROTATION]


def test_what_a_database_keeps_is_said_before_its_secret_changes() -> None:
    new = SpecSide(WEB_AND_DB, secrets={"DB_PASSWORD": "Tr0ub4dor&3"})
    plan = planned(upgrade(WEB_AND_DB, WEB_AND_DB, desired=new, applied=SpecSide(WEB_AND_DB, secrets=PASSWORD)))
    assert cautions(plan) == [ROTATION_NOTE.format("DB_PASSWORD")], describe_plan(plan)
    assert plan.state is PlanState.READY, describe_plan(plan)
    assert said_before_the_confirm(plan).warnings == (f"{ROTATION_NOTE.format('DB_PASSWORD')}.",)


def test_a_version_that_changes_a_password_in_the_open_is_warned_of() -> None:
    before, after = (
        changed(WEB_AND_DB, "db", env={"POSTGRES_PASSWORD": text, "LANG": text}) for text in ("one", "two")
    )
    assert cautions(planned(upgrade(before, after))) == [ROTATION_NOTE.format("POSTGRES_PASSWORD")]
    assert cautions(planned(upgrade(WEB_AND_DB, changed(WEB_AND_DB, "db", image="postgres:18")))) == []
