"""How a component stands, in the word and the tone of what was last seen."""

import pytest

from apps_app.drivers.base import ComponentState
from apps_app.models import Component, Observation
from apps_app.presenters.component_status import SYMBOLS, get_component_status, is_stopped
from config.accounts.models import Team
from tests.factories import TargetFactory, application
from tests.specs import WEB_AND_DB

pytestmark = pytest.mark.django_db
TONES = {
    ComponentState.RUNNING: ("Running", "ok", False),
    ComponentState.HEALTHY: ("Healthy", "ok", False),
    ComponentState.STARTING: ("Starting", "busy", False),
    ComponentState.UNHEALTHY: ("Unhealthy", "bad", False),
    ComponentState.STOPPED: ("Stopped", "muted", True),
    ComponentState.EXITED: ("Exited", "bad", True),
    ComponentState.COMPLETED: ("Completed", "ok", True),
    ComponentState.MISSING: ("Missing", "bad", False),
}


@pytest.fixture
def web(team: Team) -> Component:
    created = application(WEB_AND_DB, applied=WEB_AND_DB, team=team, target=TargetFactory.create(team=team))
    return created.components.get(key="web")


@pytest.mark.parametrize("state", TONES, ids=str)
def test_what_was_seen_is_told(web: Component, state: ComponentState) -> None:
    Observation.objects.create(component=web, present=True, health=state, digest="as-applied")
    shown = get_component_status(web, has_target=True)
    assert (shown.label, shown.tone, is_stopped(web)) == TONES[state]
    assert shown.value in SYMBOLS


def test_what_was_never_seen_is_not_asleep(web: Component) -> None:
    assert get_component_status(web, has_target=True).label == "Unknown"
    assert not is_stopped(web)


@pytest.mark.parametrize(
    ("state", "value", "word"),
    [
        (ComponentState.HEALTHY, "differs", "Healthy, drifted"),
        (ComponentState.UNHEALTHY, "unhealthy", "Unhealthy, drifted"),
        (ComponentState.DIFFERS, "differs", "Out of sync"),
    ],
)
def test_what_somebody_changed_on_the_target_is_told(
    web: Component, state: ComponentState, value: str, word: str
) -> None:
    Observation.objects.create(component=web, present=True, health=state, detail="shop-web-1 has another Memory")
    shown = get_component_status(web, has_target=True)
    assert (shown.value, shown.label, shown.drifted) == (value, word, True)
    assert shown.detail == "shop-web-1 has another Memory"


def test_what_is_gone_is_missing_and_has_not_drifted(web: Component) -> None:
    Observation.objects.create(component=web, present=False, health=ComponentState.MISSING)
    assert not get_component_status(web, has_target=True).drifted
