"""A secret that a version asks for otherwise is in no plan."""

import json

from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from tests.specs import WEB_AND_DB, changed
from tests.upgrades_app.engine.stories import PASSWORD, actions, planned, upgrade
from upgrades_app.engine.comparison.notes import ROTATION
from upgrades_app.engine.inputs.planning_input import Side
from upgrades_app.engine.planning.plan import Plan, PlanState, told
from upgrades_app.presenters.confirm_view import told as said_before_the_confirm


def with_password(**fields: object) -> AppSpec:
    """The document with another DB_PASSWORD."""
    plain = WEB_AND_DB.plain
    parameters = {**plain["parameters"], "DB_PASSWORD": fields}  # type: ignore[dict-item]  # a document's tree
    return parse({**plain, "parameters": parameters})


def test_what_was_given_as_a_secret_stays_one_though_the_version_asks_for_it_openly() -> None:
    plan = planned(upgrade(WEB_AND_DB, with_password(required=True)))

    assert PASSWORD["DB_PASSWORD"] not in json.dumps(plan.as_json()), told(plan)
    assert plan.spec.parameters["DB_PASSWORD"].secret
    assert "DB_PASSWORD" not in plan.values
    assert actions(plan) == {}, told(plan)


def test_a_secret_that_the_version_decides_now_is_nowhere_in_the_plan() -> None:
    theirs = with_password(fixed=True, default="open to all")

    plan = planned(upgrade(WEB_AND_DB, theirs))

    assert PASSWORD["DB_PASSWORD"] not in json.dumps(plan.as_json()), told(plan)
    assert not plan.spec.parameters["DB_PASSWORD"].secret
    assert "open to all" in json.dumps(plan.as_json()), told(plan)


KEPT = (
    "db keeps data in the volume data, and may have the old {} in there: a new one outside does not change it inside. "
    "Change it inside db first, then apply"
)


def cautions(plan: Plan) -> list[str]:
    return [note.sentence for note in plan.notes if note.kind == ROTATION]


def test_what_a_database_keeps_is_said_before_its_secret_changes() -> None:
    new = Side(WEB_AND_DB, secrets={"DB_PASSWORD": "Tr0ub4dor&3"})
    plan = planned(upgrade(WEB_AND_DB, WEB_AND_DB, desired=new, applied=Side(WEB_AND_DB, secrets=PASSWORD)))
    assert cautions(plan) == [KEPT.format("DB_PASSWORD")], told(plan)
    assert plan.state is PlanState.READY, told(plan)
    assert said_before_the_confirm(plan).warnings == (f"{KEPT.format('DB_PASSWORD')}.",)


def test_a_version_that_changes_a_password_in_the_open_is_warned_of() -> None:
    before, after = (
        changed(WEB_AND_DB, "db", env={"POSTGRES_PASSWORD": text, "LANG": text}) for text in ("one", "two")
    )
    assert cautions(planned(upgrade(before, after))) == [KEPT.format("POSTGRES_PASSWORD")]
    assert cautions(planned(upgrade(WEB_AND_DB, changed(WEB_AND_DB, "db", image="postgres:18")))) == []
