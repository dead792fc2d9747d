"""What needs attention."""

import pytest
from pytest_django import DjangoAssertNumQueries

from apps_app.drivers.errors import DriverError
from apps_app.models import Application, Target
from config.accounts.models import Team, User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.road import carried_out, installed, upgraded
from tests.upgrades_app.views.pages import confirmed, edited, planned, text_of

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
    operator: User, copy: Application, two: TemplateVersion, one: TemplateVersion, target: Target
) -> None:
    client = SignedIn(operator)
    edited(installed(one, target, "Edited"), "web", command=["a"])
    record = planned(copy, two)
    confirmed(client, record)

    answer = client.get("/")

    assert [one.pk for one in answer.context["running"].rows] == [record.pk]
    assert {one.application.name: one.newest for one in answer.context["behind"].rows} == {
        "Copy": "1.1",
        "Edited": "1.1",
    }
    assert [one.name for one in answer.context["pending"].rows] == ["Edited"]


def test_a_failure_stays_until_something_comes_after_it(
    viewer: User, copy: Application, two: TemplateVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("apps_app.drivers.git.session.GitSession.apply", _disk_full)
        failed = carried_out(planned(copy, two))
    assert failed.status == "rolled_back"

    assert "Failed, restored" in text_of(SignedIn(viewer).get("/"))

    upgraded(copy, two)
    assert SignedIn(viewer).get("/").context["failed"].rows == []


def test_a_stranger_sees_nothing_of_it(stranger: User, copy: Application, two: TemplateVersion) -> None:
    assert "Copy" not in text_of(SignedIn(stranger).get("/"))


@pytest.mark.parametrize("rows", [1, 5])
def test_queries_do_not_grow(
    rows: int,
    viewer: User,
    two: TemplateVersion,
    one: TemplateVersion,
    target: Target,
    team: Team,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(rows):
        edited(installed(one, target, f"Copy {n}"), "web", command=["a"])
    client = SignedIn(viewer)

    with django_assert_max_num_queries(14):
        client.get("/")


def _disk_full(*args: object, **kwargs: object) -> None:
    raise DriverError("the disk is full", permanent=True)
