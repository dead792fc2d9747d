"""A plan that is thrown away takes along what was made for it alone."""

from pathlib import Path

import pytest

from apps_app.models import Application
from config.accounts.models import Team
from tests.specs import WEB_AND_DB
from tests.upgrades_app.upgrade_helpers import ADA, git_target, released, template
from upgrades_app.actions.discard import discard_plan
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(team: Team, tmp_path: Path) -> UpgradeRecord:
    version = released(template(team), "1.0", WEB_AND_DB)
    return plan_install(version, ADA, team=team, name="Copy", target=git_target(team, tmp_path))


def planned_again(record: UpgradeRecord) -> UpgradeRecord:
    other = UpgradeRecord.objects.get(pk=record.pk)
    other.pk = None
    other.save()
    return other


def test_an_application_made_for_the_install_goes_with_it(waiting: UpgradeRecord) -> None:
    discard_plan(waiting, ADA)
    assert not Application.objects.exists()


def test_an_application_that_another_plan_waits_for_stays_until_the_last_is_discarded(waiting: UpgradeRecord) -> None:
    other = planned_again(waiting)
    discard_plan(waiting, ADA)
    assert UpgradeRecord.objects.get(pk=other.pk).application == waiting.application
    discard_plan(other, ADA)
    assert not Application.objects.exists()
