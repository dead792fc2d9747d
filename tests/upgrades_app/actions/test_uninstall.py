"""Uninstall: nothing stays on the target, everything that was wanted stays here."""

from collections.abc import Iterator

import pytest
from django.db.models import Q

from apps_app.drivers.memory import MemoryTarget, forget
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Busy, Installation, Target
from config.accounts.models import Team
from config.errors import Refused
from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.upgrades_app.road import (
    ADA,
    carried_out,
    fresh,
    installed,
    memory_target,
    moved,
    released,
    template,
    upgraded,
)
from upgrades_app.actions.build_plan import propose
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.engine.planning.plan import told
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def pretended(request: pytest.FixtureRequest) -> Iterator[MemoryTarget]:
    yield target_in_memory(request.node.name)
    forget(request.node.name)


@pytest.fixture
def engine(team: Team, pretended: MemoryTarget, request: pytest.FixtureRequest) -> Target:
    return memory_target(team, request.node.name)


@pytest.fixture
def copy(team: Team, engine: Target) -> Application:
    shop = template(team)
    first = released(shop, "1.0", WEB_AND_DB)
    released(shop, "1.1", WITH_REDIS)
    return installed(first, engine, answers=Answers(secrets={"DB_PASSWORD": "hunter2"}))


def uninstalled(copy: Application, *volumes: str) -> UpgradeRecord:
    return moved(copy, Kind.UNINSTALL, None, Answers(remove_volumes=frozenset(volumes)))


def test_nothing_stays_there_and_everything_here(copy: Application, pretended: MemoryTarget) -> None:
    before = copy.desired_spec()
    record = uninstalled(copy)
    assert (record.status, record.result) == ("succeeded", "Succeeded: uninstalled")
    assert pretended.parts(str(copy.uid)) == {}
    assert pretended.volumes(str(copy.uid)) == {"data"}
    after = fresh(copy)
    assert after.desired_spec() == before
    assert after.frame_applied == {}
    assert not after.components.exclude(Q(applied__isnull=True, applied_unknown=False)).exists()
    assert {row.name: row.applied for row in after.values.all()} == {"DB_PASSWORD": None}
    assert after.installation.version.version == "1.0"  # type: ignore[union-attr]  # it was installed
    assert not Busy.objects.exists()


def test_a_volume_goes_only_when_it_was_ticked(copy: Application, pretended: MemoryTarget) -> None:
    uninstalled(copy, "data")
    assert pretended.volumes(str(copy.uid)) == set()


def test_it_is_applied_again_with_its_own_values(copy: Application, pretended: MemoryTarget) -> None:
    was = dict(pretended.parts(str(copy.uid)))
    uninstalled(copy)
    assert moved(copy, Kind.CHANGE, None).succeeded
    assert dict(pretended.parts(str(copy.uid))) == was
    assert {row.name: row.applied for row in fresh(copy).values.all()}["DB_PASSWORD"] is not None
    upgraded(copy, copy.installation.template.versions.get(version="1.1"))
    assert "redis" in pretended.parts(str(copy.uid))


def test_what_is_not_there_is_offered_no_upgrade(copy: Application) -> None:
    assert [item.application for item in Installation.objects.behind()] == [copy]
    uninstalled(copy)
    assert not Installation.objects.behind().exists()


def test_it_can_come_back_at_a_newer_version(copy: Application, pretended: MemoryTarget) -> None:
    uninstalled(copy)
    record = upgraded(copy, copy.installation.template.versions.get(version="1.1"))
    assert record.succeeded
    assert pretended.parts(str(copy.uid)).keys() == {"web", "db", "redis"}
    assert fresh(copy).installation.version.version == "1.1"  # type: ignore[union-attr]  # it was installed


def test_a_second_time_is_refused(copy: Application) -> None:
    uninstalled(copy)
    with pytest.raises(Refused, match="Nothing of Copy is on a target"):
        propose(fresh(copy), Kind.UNINSTALL, None, Answers())


def test_a_pending_removal_is_done_with_it(copy: Application) -> None:
    copy.components.filter(key="web").update(desired=None)
    uninstalled(copy)
    assert list(fresh(copy).components.values_list("key", flat=True)) == ["db"]


def test_a_failure_puts_everything_back(copy: Application, pretended: MemoryTarget) -> None:
    pretended.fail("remove", "db", message="db is held by another; stop it")
    proposal = propose(fresh(copy), Kind.UNINSTALL, None, Answers())
    assert [step.key for step in proposal.plan.steps] == ["web", "db", ""], told(proposal.plan)
    record = carried_out(store(proposal, ADA))
    assert record.status == "rolled_back"
    after = fresh(copy)
    assert after.applied_spec() == after.desired_spec() == WEB_AND_DB
    assert pretended.parts(str(copy.uid)).keys() == {"web", "db"}
