"""Looking at a target while others change the application."""

import pytest
from django.db import connection

from apps_app.actions.refresh_observations import refresh_observations
from apps_app.drivers.base import ObservedComponent, Placement
from apps_app.drivers.memory import MemoryDriver
from apps_app.models import Component, Observation
from config.accounts.models import Team
from tests.specs import WEB_AND_DB
from tests.upgrades_app.upgrade_helpers import installed, memory_target, released, template

pytestmark = pytest.mark.django_db


def test_a_component_that_goes_meanwhile_is_left_out(
    team: Team, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = installed(released(template(team), "1.0", WEB_AND_DB), memory_target(team, request.node.name))
    ask = MemoryDriver.read

    def slowly(driver: MemoryDriver, app: Placement) -> dict[str, ObservedComponent]:
        Component.objects.filter(application=copy, key="web").delete()
        return dict(ask(driver, app))

    monkeypatch.setattr(MemoryDriver, "read", slowly)

    assert refresh_observations(copy) == ""
    connection.check_constraints()
    assert list(Observation.objects.values_list("component__key", flat=True)) == ["db"]
