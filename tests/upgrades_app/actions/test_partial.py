"""Only some components go along: neither the record nor the installation claims more."""

import pytest

from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Target
from templates_app.models import AppTemplate, TemplateVersion
from tests.specs import WEB_AND_DB, WITH_REDIS, added, changed
from tests.upgrades_app.upgrade_helpers import ADA, carried_out, fresh, installed, moved, plan_of, released, upgraded
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db

BASE = added(WEB_AND_DB, worker={"image": "shop/worker:1.0"})
NEXT = added(WITH_REDIS, worker={"image": "shop/worker:1.1"})
LAST = changed(NEXT, "worker", image="shop/worker:1.2")


@pytest.fixture
def newer(shop: AppTemplate) -> TemplateVersion:
    return released(shop, "1.1", NEXT)


@pytest.fixture
def copy(shop: AppTemplate, engine: Target) -> Application:
    return installed(released(shop, "1.0", BASE), engine)


def taking(copy: Application, to: TemplateVersion, *keys: str) -> UpgradeRecord:
    return upgraded(copy, to, Answers(only=frozenset(keys)))


def reads(copy: Application) -> str:
    return fresh(copy).installation.version_label


def test_one_of_four_is_partly_done(copy: Application, newer: TemplateVersion) -> None:
    record = taking(copy, newer, "redis")
    assert (record.status, record.result) == ("partially_upgraded", "Partially upgraded: 1 of 4 components at 1.1")
    assert record.completed_as_planned
    assert not record.succeeded
    assert reads(copy) == "1.0 (1 of 4 at 1.1)"


def test_what_was_taken_before_counts(copy: Application, newer: TemplateVersion) -> None:
    taking(copy, newer, "redis")
    record = taking(copy, newer, "web")
    assert record.result == "Partially upgraded: 2 of 4 components at 1.1"
    assert reads(copy) == "1.0 (2 of 4 at 1.1)"


def test_with_the_last_one_the_version_moves(copy: Application, newer: TemplateVersion) -> None:
    taking(copy, newer, "redis", "web")
    record = taking(copy, newer, "db", "worker")
    assert (record.status, record.result) == ("succeeded", "Succeeded: at 1.1")
    assert (fresh(copy).installation.version, reads(copy)) == (newer, "1.1")


def test_taking_the_rest_says_nothing_of_parts(copy: Application, newer: TemplateVersion) -> None:
    taking(copy, newer, "redis")
    assert upgraded(copy, newer).succeeded
    assert reads(copy) == "1.1"


def test_two_versions_beside_the_installed_one(shop: AppTemplate, copy: Application, newer: TemplateVersion) -> None:
    taking(copy, newer, "redis")
    taking(copy, released(shop, "1.2", LAST), "worker")
    assert reads(copy) == "1.0 (1 of 4 at 1.2, 1 of 4 at 1.1)"


def test_going_back_from_a_part_is_whole_again(copy: Application, newer: TemplateVersion) -> None:
    old = fresh(copy).installation.version
    taking(copy, newer, "redis")
    assert moved(copy, OperationKind.ROLLBACK, old).succeeded
    assert reads(copy) == "1.0"
    assert fresh(copy).applied_spec() == BASE


def test_what_failed_is_counted_as_left_behind(
    copy: Application, newer: TemplateVersion, request: pytest.FixtureRequest
) -> None:
    target_in_memory(request.node.name).fail("apply", "worker")
    record = carried_out(save_plan(plan_of(copy, newer), ADA, policy="continue"))
    assert record.result == "Partially upgraded: 3 of 4 components at 1.1"
    assert not record.completed_as_planned
    assert reads(copy) == "1.0 (3 of 4 at 1.1)"
