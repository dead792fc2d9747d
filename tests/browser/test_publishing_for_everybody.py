"""The pages of publishing and the catalogue for who uses a screen reader, the dark, or a telephone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from config.accounts.models import Team, User
from tests.apps_app.publishing import draft, draft_of, edited, released, source
from tests.browser.conftest import sign_in
from tests.specs import WITH_REDIS, changed

PLACES = (
    "/apps/shop/publish/",
    "/apps/shop/publish/?template=new",
    "/apps/shop/releases/",
    "/templates/",
    "/templates/shop/",
    "/templates/shop/versions/1.1/",
    "/templates/shop/compare/",
)


@pytest.fixture
def sync_place(team: Team) -> str:
    """A shop with two versions, and a third on its way whose line for db failed."""
    shop = source(team)
    released(shop)
    released(edited(shop, WITH_REDIS), "1.1")
    env = {"POSTGRES_PASSWORD": "tr0ub4dor-3"}
    record = draft(edited(shop, changed(WITH_REDIS, "db", image="postgres:18")), "1.2")
    draft_of(record).sync_records.filter(key="db").update(status="failed", error="image: it is not there")
    edited(shop, changed(WITH_REDIS, "db", env=env, config_files={"/etc/db.conf": {"content": "a = 1\n" * 30}}))
    return f"/releases/{record.pk}/sync/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way(
    browser: Browser, live_server: LiveServer, publisher: User, sync_place: str, scheme: str
) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    sign_in(context, live_server, publisher)
    page = context.new_page()
    reports = []
    for place in (*PLACES, sync_place):
        answer = page.goto(f"{live_server.url}{place}")
        assert answer is not None
        assert answer.ok, place
        results = Axe().run(page)
        if results.violations_count:
            reports.append(f"{place}\n{results.generate_report()}")
    context.close()
    assert not reports, "\n".join(reports)


def test_a_narrow_screen_never_scrolls_sideways(
    browser: Browser, live_server: LiveServer, publisher: User, sync_place: str
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 700}, has_touch=True, is_mobile=True)
    sign_in(context, live_server, publisher)
    page = context.new_page()
    wide = []
    for place in (*PLACES, sync_place):
        answer = page.goto(f"{live_server.url}{place}")
        assert answer is not None
        assert answer.ok, place
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            wide.append(place)
    context.close()
    assert not wide
