"""How a component stands, in the word and the tone of what was last seen."""

import pytest

from apps_app.drivers.base import State
from apps_app.models import Component, Observation
from apps_app.presenters.component_status import SYMBOLS, component_state, is_asleep
from config.accounts.models import Team
from tests.factories import TargetFactory, application
from tests.specs import WEB_AND_DB

pytestmark = pytest.mark.django_db
TONES = {
    State.RUNNING: ("Running", "ok", False),
    State.HEALTHY: ("Healthy", "ok", False),
    State.STARTING: ("Starting", "busy", False),
    State.UNHEALTHY: ("Unhealthy", "bad", False),
    State.STOPPED: ("Stopped", "muted", True),
    State.EXITED: ("Exited", "bad", True),
    State.COMPLETED: ("Completed", "ok", True),
    State.MISSING: ("Missing", "bad", False),
}


@pytest.fixture
def web(team: Team) -> Component:
    created = application(WEB_AND_DB, applied=WEB_AND_DB, team=team, target=TargetFactory.create(team=team))
    return created.components.get(key="web")


@pytest.mark.parametrize("state", TONES, ids=str)
def test_what_was_seen_is_told(web: Component, state: State) -> None:
    Observation.objects.create(component=web, present=True, health=state, digest="as-applied")
    shown = component_state(web, has_target=True)
    assert (shown.word, shown.tone, is_asleep(web)) == TONES[state]
    assert shown.value in SYMBOLS


def test_what_was_never_seen_is_not_asleep(web: Component) -> None:
    assert component_state(web, has_target=True).word == "Not looked at yet"
    assert not is_asleep(web)


@pytest.mark.parametrize(
    ("state", "value", "word"),
    [
        (State.HEALTHY, "differs", "Healthy, not as applied"),
        (State.UNHEALTHY, "unhealthy", "Unhealthy, not as applied"),
        (State.DIFFERS, "differs", "Differs from the files"),
    ],
)
def test_what_somebody_changed_on_the_target_is_told(web: Component, state: State, value: str, word: str) -> None:
    Observation.objects.create(component=web, present=True, health=state, detail="shop-web-1 has another Memory")
    shown = component_state(web, has_target=True)
    assert (shown.value, shown.word, shown.drifted) == (value, word, True)
    assert shown.detail == "shop-web-1 has another Memory"


def test_what_is_gone_is_missing_and_has_not_drifted(web: Component) -> None:
    Observation.objects.create(component=web, present=False, health=State.MISSING)
    assert not component_state(web, has_target=True).drifted
