"""A secret that a version asks for otherwise is in no plan."""

import json

from templates_app.spec.model import AppSpec
from templates_app.spec.parse import parse
from tests.specs import WEB_AND_DB
from tests.upgrades_app.engine.stories import PASSWORD, actions, planned, upgrade
from upgrades_app.engine.plan import told


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
