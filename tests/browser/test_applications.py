"""Applications in a real browser: Redis added in one form, a component removed in the dialog, the list filtered."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps_app.models import Application
from config.accounts.models import Team
from tests.factories import ApplicationFactory, application
from tests.specs import WEB_AND_DB


@pytest.fixture
def shop(team: Team) -> Application:
    return application(WEB_AND_DB, team=team, slug="shop", name="Shop")


def test_redis_is_added_from_the_topology(shop: Application, operator_page: Page, live_server: LiveServer) -> None:
    page = operator_page
    page.goto(f"{live_server.url}/apps/shop/")
    page.get_by_role("link", name="Add component").click()
    page.get_by_label("Key").fill("redis")
    page.get_by_label("Image").fill("redis:7.4")
    page.get_by_label("Variable").first.fill("MAXMEMORY")
    page.get_by_label("Value").first.fill("64mb")
    page.get_by_role("button", name="Add a variable").click()
    expect(page.get_by_label("Variable")).to_have_count(3)
    expect(page.get_by_label("Image")).to_have_value("redis:7.4")
    page.get_by_label("Port of the component").fill("6379")
    page.get_by_label("Path in the component").fill("/data")
    page.get_by_label("Volume", exact=True).fill("redis-data")
    page.get_by_role("group", name="Is needed by").get_by_label("web").check()
    page.get_by_label("Image").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("redis")
    page.get_by_role("link", name="Topology").click()
    expect(page.get_by_role("link", name="redis, redis:7.4")).to_be_visible()
    redis = shop.desired_spec().components["redis"]
    assert redis.env == {"MAXMEMORY": "64mb"}
    assert set(redis.mounts) == {"/data"}


def test_typing_goes_on_in_the_new_row(shop: Application, operator_page: Page, live_server: LiveServer) -> None:
    page = operator_page
    page.goto(f"{live_server.url}/apps/shop/add-component/")
    page.get_by_label("Key").fill("cache")
    page.get_by_label("Port of the component").fill("6379")
    page.get_by_role("button", name="Add a port").click()
    expect(page.get_by_label("Port of the component").nth(1)).to_be_focused()
    page.keyboard.type("6380")
    expect(page.get_by_label("Port of the component").nth(1)).to_have_value("6380")
    expect(page.get_by_label("Key")).to_have_value("cache")


def test_who_was_overtaken_saves_over_it(shop: Application, operator_page: Page, live_server: LiveServer) -> None:
    page = operator_page
    page.goto(f"{live_server.url}/apps/shop/components/db/edit/")
    row = shop.components.get(key="db")
    row.desired = {**(row.desired or {}), "image": "theirs:1"}
    row.revision, row.changed_by = row.revision + 1, "bob"
    row.save()
    page.get_by_label("Image").fill("mine:1")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("heading", name="bob saved db while your form was open")).to_be_visible()
    expect(page.get_by_label(re.compile("Take theirs"))).to_be_visible()
    expect(page.get_by_label("Image", exact=True)).to_have_value("mine:1")
    page.get_by_label(re.compile("Keep mine")).check()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("db is saved")).to_be_visible()
    assert shop.desired_spec().components["db"].image == "mine:1"


def test_a_component_is_removed_in_the_dialog(shop: Application, operator_page: Page, live_server: LiveServer) -> None:
    page = operator_page
    page.goto(f"{live_server.url}/apps/shop/components/db/")
    page.get_by_role("link", name="Remove").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("web depends on it and loses that dependency")
    dialog.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("db is removed.")).to_be_visible()
    assert set(shop.desired_spec().components) == {"web"}


def test_the_list_filters_as_one_types(
    shop: Application, team: Team, operator_page: Page, live_server: LiveServer
) -> None:
    ApplicationFactory.create(team=team, name="Blog", slug="blog")
    page = operator_page
    page.goto(f"{live_server.url}/apps/")
    expect(page.get_by_role("link", name="Blog")).to_be_visible()
    page.get_by_role("searchbox").press_sequentially("sho")
    expect(page.get_by_role("link", name="Blog")).to_have_count(0)
    expect(page.get_by_role("link", name="Shop")).to_be_visible()
    assert "q=sho" in page.url


@pytest.mark.parametrize(
    "path",
    [
        "apps/",
        "apps/import/",
        "apps/shop/",
        "apps/shop/components/web/",
        "apps/shop/components/web/edit/",
        "apps/shop/settings/",
        "apps/shop/import/",
        "targets/",
    ],
)
def test_pages_are_accessible(path: str, shop: Application, operator_page: Page, live_server: LiveServer) -> None:
    operator_page.goto(f"{live_server.url}/{path}")
    results = Axe().run(operator_page)
    assert results.violations_count == 0, results.generate_report()
