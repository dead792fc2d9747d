"""The list of records, and the history of one application."""

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps_app.models import Application, Target
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.road import installed, upgraded
from tests.upgrades_app.views.pages import HTMX, confirmed, planned, text_of

pytestmark = pytest.mark.django_db
LIST = "/upgrades/"


def titles(user: User, url: str = LIST) -> list[str]:
    return [item.title for item in SignedIn(user).get(url).context["page"]]


def test_shows_what_was_confirmed_newest_first(viewer: User, copy: Application, two: TemplateVersion) -> None:
    planned(copy, two)
    upgraded(copy, two)

    assert titles(viewer) == ["Upgrade 1.0 → 1.1", "Install 1.0"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?kind=upgrade", ["Upgrade 1.0 → 1.1"]),
        ("?status=planned", []),
        ("?status=overtaken", ["Upgrade 1.0 → 1.1"]),
        ("?status=failed", []),
        ("?q=copy", ["Upgrade 1.0 → 1.1", "Install 1.0"]),
        ("?template=Shop&kind=install", ["Install 1.0"]),
        ("?by=ADA&kind=install", ["Install 1.0"]),
        ("?by=nobody", []),
        ("?sort=created", ["Install 1.0", "Upgrade 1.0 → 1.1"]),
    ],
)
def test_filters_and_sorts(
    query: str, expected: list[str], viewer: User, copy: Application, two: TemplateVersion
) -> None:
    planned(copy, two)
    upgraded(copy, two)

    assert titles(viewer, LIST + query) == expected


def test_the_fragment_is_the_rows(viewer: User, copy: Application) -> None:
    part = text_of(SignedIn(viewer).get(LIST, headers=HTMX))

    assert part.lstrip().startswith('<div id="rows"')
    assert "Install 1.0" in part


def test_refreshes_while_something_is_open(operator: User, copy: Application, two: TemplateVersion) -> None:
    client = SignedIn(operator)
    assert "every 3s" not in text_of(client.get(LIST))

    confirmed(client, planned(copy, two))

    assert "every 3s" in text_of(client.get(LIST))


def test_a_stranger_sees_nothing(stranger: User, copy: Application) -> None:
    assert titles(stranger) == []
    assert SignedIn(stranger).get(reverse("upgrades:history", args=[copy.slug])).status_code == 404


def test_the_history_is_of_one_application(
    viewer: User, copy: Application, version_1_0: TemplateVersion, target: Target
) -> None:
    installed(version_1_0, target, "Other")

    answer = SignedIn(viewer).get(reverse("upgrades:history", args=[copy.slug]))

    assert [record.application_label for record in answer.context["page"]] == ["Copy"]
    assert "History" in text_of(answer)


def test_the_history_tells_of_plans_that_wait(viewer: User, copy: Application, two: TemplateVersion) -> None:
    url = reverse("upgrades:history", args=[copy.slug])
    client = SignedIn(viewer)
    assert "waits to be confirmed" not in text_of(client.get(url))

    record = planned(copy, two)

    assert "One plan waits to be confirmed." in text_of(client.get(url))
    assert list(client.get(f"{url}?status=planned").context["page"]) == [record]


def test_only_whoever_may_is_offered_the_way_back(
    viewer: User, operator: User, copy: Application, two: TemplateVersion
) -> None:
    upgraded(copy, two)
    url, back = reverse("upgrades:history", args=[copy.slug]), reverse("upgrades:rollback", args=[copy.slug])

    assert back in text_of(SignedIn(operator).get(url))
    assert back not in text_of(SignedIn(viewer).get(url))


@pytest.mark.parametrize("rows", [1, 6])
def test_queries_do_not_grow(
    rows: int,
    viewer: User,
    version_1_0: TemplateVersion,
    target: Target,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(rows):
        installed(version_1_0, target, f"Copy {n}")
    client = SignedIn(viewer)

    with django_assert_max_num_queries(9):
        client.get(LIST)
