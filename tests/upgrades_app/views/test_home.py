"""What needs attention."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from apps_app.drivers.base import DriverError
from apps_app.models import Application, Target
from config.accounts.models import Team, User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.road import ADA, carried_out, installed, upgraded
from tests.upgrades_app.views.pages import confirmed, edited, planned, text_of
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.presenters.dashboard_lists import Line

pytestmark = pytest.mark.django_db


def test_says_what_to_do_first(operator: User) -> None:
    page = text_of(SignedIn(operator).get("/"))

    assert "Begin with an application you have" in page
    assert "/apps/import/" in page


def test_nothing_needs_attention(viewer: User, copy: Application) -> None:
    page = text_of(SignedIn(viewer).get("/"))

    assert "Nothing needs attention" in page
    assert "Install 1.0 of Copy" in page


def test_tells_what_is_behind_pending_and_at_work(
    operator: User, copy: Application, two: TemplateVersion, version_1_0: TemplateVersion, target: Target
) -> None:
    client = SignedIn(operator)
    edited(installed(version_1_0, target, "Edited"), "web", command=["a"])
    record = planned(copy, two)
    confirmed(client, record)

    answer = client.get("/")

    listed = listings(answer)
    assert [item.url for item in listed["At work"]] == [record.get_absolute_url()]
    assert {item.title: item.facts[0] for item in listed["Upgrades offered"]} == {
        "Copy": "Shop 1.0 → 1.1",
        "Edited": "Shop 1.0 → 1.1",
    }
    assert [item.title for item in listed["Changes not applied yet"]] == ["Edited"]


def test_an_install_that_nobody_confirmed_is_listed(
    operator: User, version_1_0: TemplateVersion, target: Target
) -> None:
    record = plan_install(version_1_0, ADA, team=target.team, name="Later", target=target)
    client = SignedIn(operator)

    page = client.get("/")

    waiting = listings(page)["Installs to confirm"][0]
    assert waiting.title == "Install Shop 1.0 as Later"
    assert client.get(waiting.act_url).status_code == 200
    assert carried_out(record).succeeded
    assert "Installs to confirm" not in listings(client.get("/"))


def test_a_failure_stays_until_something_comes_after_it(
    viewer: User, copy: Application, two: TemplateVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("apps_app.drivers.git.session.GitSession.apply", _disk_full)
        failed = carried_out(planned(copy, two))
    assert failed.status == "rolled_back"

    assert "Failed, restored" in text_of(SignedIn(viewer).get("/"))

    upgraded(copy, two)
    assert SignedIn(viewer).get("/").context["quiet"]


def test_what_was_taken_in_part_on_purpose_did_not_fail(viewer: User, copy: Application, two: TemplateVersion) -> None:
    record = upgraded(copy, two, Answers(only=frozenset({"redis"})))
    assert record.went_as_planned

    listed = listings(SignedIn(viewer).get("/"))

    assert [line.url for line in listed["Partly upgraded"]] == [record.get_absolute_url()]
    assert "Failed or left unfinished" not in listed


def test_what_was_left_unfinished_is_no_part_on_purpose(viewer: User, copy: Application, two: TemplateVersion) -> None:
    record = upgraded(copy, two, Answers(only=frozenset({"redis"})))
    record.steps.filter(key="redis").update(status="failed")

    listed = listings(SignedIn(viewer).get("/"))

    assert [line.url for line in listed["Failed or left unfinished"]] == [record.get_absolute_url()]
    assert "Partly upgraded" not in listed


def test_a_stranger_sees_nothing_of_it(stranger: User, copy: Application, two: TemplateVersion) -> None:
    assert "Copy" not in text_of(SignedIn(stranger).get("/"))


@pytest.mark.parametrize("rows", [1, 5])
def test_queries_do_not_grow(
    rows: int,
    viewer: User,
    two: TemplateVersion,
    version_1_0: TemplateVersion,
    target: Target,
    team: Team,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(rows):
        edited(installed(version_1_0, target, f"Copy {n}"), "web", command=["a"])
    client = SignedIn(viewer)

    with django_assert_max_num_queries(16):
        client.get("/")


def listings(page: Any) -> dict[str, tuple[Line, ...]]:
    return {item.title: item.lines for item in page.context["listings"]}


def _disk_full(*args: object, **kwargs: object) -> None:
    raise DriverError("the disk is full", permanent=True)
