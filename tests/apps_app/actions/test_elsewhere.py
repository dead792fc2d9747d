"""Another address of a target: the same engine goes on, another one has to be meant."""

import pytest
from django.urls import reverse

from apps_app.actions.save_target import add_target, change_target
from apps_app.actions.target_identity import Elsewhere
from apps_app.drivers.base import DriverError, DriverInfo
from apps_app.drivers.memory import MemoryDriver
from apps_app.models import Target
from config.accounts.models import Role, Team
from tests.conftest import SignedIn
from tests.factories import application, member
from tests.specs import WEB_AND_DB
from tests.upgrades_app.road import ADA

pytestmark = pytest.mark.django_db


@pytest.fixture
def engine(team: Team) -> Target:
    target = add_target(ADA, team=team, slug="engine", kind="memory", config={"name": "engine"})
    application(WEB_AND_DB, applied=WEB_AND_DB, team=team, slug="one", target=target)
    return target


def changed(target: Target, name: str, *, elsewhere: bool = False) -> Target:
    return change_target(target, ADA, config={"name": name}, elsewhere=elsewhere)


def test_the_same_engine_goes_on(engine: Target) -> None:
    assert engine.identity == "engine"
    assert changed(engine, "engine").identity == "engine"


def test_another_engine_has_to_be_meant(engine: Target) -> None:
    with pytest.raises(Elsewhere, match="leads to another engine. One application is on this target"):
        changed(engine, "other")
    engine.refresh_from_db()
    assert (engine.config, engine.identity) == ({"name": "engine"}, "engine")
    assert changed(engine, "other", elsewhere=True).identity == "other"


def test_who_it_was_before_is_asked_where_nobody_has_noted_it(engine: Target) -> None:
    Target.objects.update(identity="")
    engine.refresh_from_db()
    with pytest.raises(Elsewhere, match="leads to another engine"):
        changed(engine, "other")


def test_saved_as_it_was_it_stays_known_though_nobody_answers(engine: Target, silent: set[str]) -> None:
    silent.add("engine")
    assert changed(engine, "engine").identity == "engine"


def test_where_nobody_answers_nobody_knows(engine: Target, silent: set[str]) -> None:
    silent.add("other")
    with pytest.raises(Elsewhere, match="Nobody answers at the new address"):
        changed(engine, "other")
    Target.objects.update(identity="")
    engine.refresh_from_db()
    silent.symmetric_difference_update({"engine", "other"})
    with pytest.raises(Elsewhere, match="the one before does not answer"):
        changed(engine, "other")


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The targets that do not answer."""
    names: set[str] = set()
    answers = MemoryDriver.ping

    def ping(driver: MemoryDriver) -> DriverInfo:
        info = answers(driver)
        if info.identity in names:
            raise DriverError("nobody answers", permanent=False)
        return info

    monkeypatch.setattr(MemoryDriver, "ping", ping)
    return names


def test_the_page_asks_for_a_tick(engine: Target, team: Team) -> None:
    owner = member(team, Role.OWNER)
    client, url = SignedIn(owner), reverse("apps:target-edit", args=[team.slug, "engine"])
    assert 'name="elsewhere"' not in client.get(url).text
    page = client.post(url, {"config-name": "other"}).text
    assert "The new address leads to another engine. One application is on this target" in page
    assert 'name="elsewhere"' in page
    assert Target.objects.get(pk=engine.pk).identity == "engine"
    assert client.post(url, {"config-name": "other", "elsewhere": "on"}).status_code == 302
    assert Target.objects.get(pk=engine.pk).identity == "other"


def test_without_applications_there_nobody_is_asked(team: Team) -> None:
    empty = add_target(ADA, team=team, slug="empty", kind="memory", config={"name": "empty"})
    application(WEB_AND_DB, team=team, slug="planned", target=empty)
    assert changed(empty, "other").identity == "other"
