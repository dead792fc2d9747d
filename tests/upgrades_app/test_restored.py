"""A database that was restored from a backup: what runs is told by its labels alone."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from apps_app.models import Target
from config.accounts.models import Team
from tests.apps_app.drivers.docker import engines
from tests.apps_app.drivers.docker.yard import document, free_port
from tests.specs import changed
from tests.upgrades_app.road import fresh, installed, plan_of, released, template, upgraded
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.engine.planning.plan import PlanState, told

pytestmark = [pytest.mark.docker, pytest.mark.django_db]
LABEL = "uplift.slug=restored"


def ids() -> dict[str, str]:
    result = engines.api().containers(all=True, filters={"label": [LABEL]})
    return {item["Labels"]["uplift.key"]: item["Id"] for item in result}


@pytest.fixture
def engine(team: Team) -> Iterator[Target]:
    yield Target.objects.create(team=team, slug="engine", kind="docker", config={"address": engines.address()})
    engines.clear(LABEL)


def test_what_runs_is_seen_and_upgraded_again_without_touching_it(team: Team, engine: Target) -> None:
    shop, spec = template(team), document(free_port())
    version, next_version = (
        released(shop, "1.0", spec),
        released(shop, "1.1", changed(spec, "web", image="local/uplift-web:2")),
    )
    copy = installed(version, engine, name="Restored")
    backup = transaction.savepoint_create()
    assert upgraded(copy, next_version).succeeded
    existing = ids()
    transaction.savepoint_rollback(backup)
    assert fresh(copy).installation.version == version
    assert "web was changed on the target since it was last applied" in told(plan_of(copy, next_version).plan)
    assert upgraded(copy, next_version, Answers(drift={"web": "put_back"})).succeeded
    assert ids() == existing
    assert fresh(copy).installation.version == next_version
    assert plan_of(copy, next_version).plan.state is PlanState.NOTHING_TO_DO
