"""Settings with many parameters: secrets and what was set in sight, what follows its default folded, and a search."""

import re

import pytest

from apps_app.models import Application, Value
from config.accounts.models import Team, User
from templates_app.appspec.schema.model import Parameter
from tests.conftest import SignedIn
from tests.factories import application
from tests.specs import WEB_AND_DB

pytestmark = pytest.mark.django_db
PAGE = "/apps/shop/settings/"
VALUES = "/apps/shop/settings/values/"


def made(team: Team, count: int) -> Application:
    more = {f"PORT_{n}": Parameter(default=str(8000 + n)) for n in range(count)}
    spec = WEB_AND_DB.model_copy(update={"parameters": {**WEB_AND_DB.parameters, **more}})
    shop = application(spec, team=team, slug="shop", name="Shop")
    Value.objects.create(application=shop, name="PORT_3", desired="9999")
    return shop


def groups(page: str) -> list[tuple[str, bool]]:
    """Title and count of each group, and whether it is folded."""
    result = re.findall(r'<details class="group"(.*?)>\s*<summary>(.*?)</summary>', page, re.DOTALL)
    return [(re.sub(r"<[^>]+>|\s+", " ", title).strip(), "open" not in mark) for mark, title in result]


def test_few_are_shown_as_they_are(team: Team, operator: User) -> None:
    made(team, 4)
    page = SignedIn(operator).get(PAGE).text
    assert groups(page) == []
    assert "Find a parameter" not in page


def test_of_many_what_follows_its_default_is_folded(team: Team, operator: User) -> None:
    made(team, 30)
    page = SignedIn(operator).get(PAGE).text
    titles = [title.split("  ") for title, _ in groups(page)]
    assert [title[0] for title in titles] == ["Secrets", "Set here", "Follow their default"]
    assert [folded for _, folded in groups(page)] == [False, False, True]
    assert (
        page.index('name="value-DB_PASSWORD"') < page.index('name="value-PORT_3"') < page.index('name="value-PORT_0"')
    )


def test_what_is_found_is_in_sight_and_the_rest_stays_in_the_form(team: Team, operator: User) -> None:
    made(team, 30)
    page = SignedIn(operator).get(f"{PAGE}?q=port_7").text
    assert [folded for _, folded in groups(page)] == [False, True]
    assert page.index('name="value-PORT_7"') < page.index('name="value-PORT_6"')
    assert len(re.findall(r'name="value-', page)) == len(re.findall(r'name="value-', SignedIn(operator).get(PAGE).text))


def test_saving_after_a_search_changes_what_was_typed_alone(team: Team, operator: User) -> None:
    shop = made(team, 30)
    page = SignedIn(operator).get(f"{PAGE}?q=port_7").text
    data = dict(re.findall(r'name="(value-[A-Z_0-9]+)"[^>]*? value="([^"]*)"', page, re.DOTALL))
    SignedIn(operator).post(VALUES, {**data, "value-PORT_7": "7777"})
    assert {row.name: row.desired.reveal() for row in shop.values.all() if row.desired} == {
        "PORT_3": "9999",
        "PORT_7": "7777",
    }


def test_a_group_with_a_mistake_opens_and_typed_values_are_not_searched_away(team: Team, operator: User) -> None:
    made(team, 30)
    page = SignedIn(operator).post(VALUES, {"value-PORT_5": "x", "preview": "1"}).text
    assert "Find a parameter" not in page
    assert 'value="x"' in page


def test_a_viewer_sees_no_form(team: Team, viewer: User) -> None:
    made(team, 30)
    assert "Find a parameter" not in SignedIn(viewer).get(f"{PAGE}?q=port").text
