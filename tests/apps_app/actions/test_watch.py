"""What the workers see of targets while nobody looks."""

import pytest

from apps_app.actions.refresh_observations import watch
from apps_app.drivers.base import DriverError, Observed, Placement
from apps_app.drivers.memory import MemoryDriver, MemoryTarget
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Busy, Component, Observation
from apps_app.presenters.component_status import component_state, with_state
from config.accounts.models import Team, User
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB
from tests.upgrades_app.road import installed, memory_target, released, template

pytestmark = pytest.mark.django_db


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


@pytest.fixture
def copy(team: Team, name: str) -> Application:
    return installed(released(template(team), "1.0", WEB_AND_DB), memory_target(team, name))


@pytest.fixture
def there(copy: Application, name: str) -> MemoryTarget:
    return target_in_memory(name)


def state(application: Application) -> str:
    result: str = with_state(Application.objects.filter(pk=application.pk)).get().state  # type: ignore[attr-defined]  # annotated
    return result


def test_what_somebody_took_away_is_told_everywhere(operator: User, copy: Application, there: MemoryTarget) -> None:
    watch()
    assert state(copy) == "up_to_date"
    assert "Not well" not in SignedIn(operator).get("/").content.decode()
    there.take_away(str(copy.uid), "web")

    watch()

    assert state(copy) == "amiss"
    assert copy.name in SignedIn(operator).get("/apps/?state=amiss").content.decode()
    home = SignedIn(operator).get("/").content.decode()
    assert "Not well, or changed on the target" in home
    assert "web · " in home


def test_what_somebody_changed_is_told_and_no_more_once_it_is_back(copy: Application, there: MemoryTarget) -> None:
    there.drift(str(copy.uid), "db")
    watch()
    assert state(copy) == "amiss"
    there.placed[str(copy.uid)].settle("db")

    watch()

    assert state(copy) == "up_to_date"


def test_what_was_stopped_from_here_is_as_it_should_be(copy: Application, there: MemoryTarget) -> None:
    watch()
    Observation.objects.filter(component__key="web").update(health="stopped")
    assert state(copy) == "amiss"
    Component.objects.filter(key="web").update(stopped=True)
    assert state(copy) == "up_to_date"


def test_an_application_somebody_works_on_is_left_alone(copy: Application, there: MemoryTarget) -> None:
    Busy.objects.create(application=copy, record_id=1, label="Upgrade", url="/", by="ada")
    there.take_away(str(copy.uid), "web")
    watch()
    assert not Observation.objects.filter(present=False).exists()


def test_what_a_record_saw_meanwhile_is_newer(copy: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = MemoryDriver.read

    def slowly(driver: MemoryDriver, app: Placement) -> dict[str, Observed]:
        observed = dict(ask(driver, app))
        Observation.objects.get(component__key="web").save()
        return {key: item for key, item in observed.items() if key != "web"}

    monkeypatch.setattr(MemoryDriver, "read", slowly)

    watch()

    assert not Observation.objects.filter(present=False).exists()


def test_a_silent_target_is_asked_once_and_what_was_seen_stays(
    team: Team, copy: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert copy.target is not None
    installed(released(template(team, "Other"), "1.0", WEB_AND_DB), copy.target, name="Other")
    requested = []

    def silent(driver: MemoryDriver, app: Placement) -> dict[str, Observed]:
        requested.append(app.slug)
        raise DriverError("it does not answer", permanent=False)

    monkeypatch.setattr(MemoryDriver, "read", silent)

    watch()

    assert len(requested) == 1
    assert state(copy) == "up_to_date"


def test_a_restored_database_sees_what_runs(copy: Application, there: MemoryTarget) -> None:
    Component.objects.filter(key="web").update(applied_digest="hmac:of-an-older-version")
    watch()
    assert state(copy) == "amiss"
    row = Component.objects.select_related("observation").get(key="web")
    assert component_state(row, has_target=True).drifted


def test_a_defect_in_one_keeps_no_other_from_being_looked_at(
    copy: Application, there: MemoryTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert copy.target is not None
    other = installed(released(template(copy.team, "Other"), "1.0", WEB_AND_DB), copy.target, name="Other")
    there.take_away(str(other.uid), "web")
    ask = MemoryDriver.read

    def faulty(driver: MemoryDriver, app: Placement) -> dict[str, Observed]:
        if app.slug == copy.slug:
            raise ZeroDivisionError
        return dict(ask(driver, app))

    monkeypatch.setattr(MemoryDriver, "read", faulty)

    watch()

    assert (state(copy), state(other)) == ("up_to_date", "amiss")
