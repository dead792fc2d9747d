"""The form of all fields in a browser: rows come and go with what was typed, with JavaScript and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from apps_app.models import Application
from config.accounts.models import Team, User
from tests.browser.conftest import sign_in
from tests.factories import application
from tests.specs import WEB_AND_DB


@pytest.fixture
def shop(team: Team) -> Application:
    return application(WEB_AND_DB, team=team, slug="shop", name="Shop")


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def any_page(
    browser: Browser, live_server: LiveServer, operator: User, request: pytest.FixtureRequest
) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(5000)
    sign_in(context, live_server, operator)
    yield context.new_page()
    context.close()


def test_rows_come_and_go_with_what_was_typed(shop: Application, any_page: Page, live_server: LiveServer) -> None:
    page = any_page
    page.goto(f"{live_server.url}/apps/shop/components/web/")
    page.get_by_role("link", name="All fields").click()
    page.get_by_label("User", exact=True).fill("1000")
    page.locator("#section-mounts > summary").click()
    page.get_by_role("button", name="Add a mount").click()
    mount = page.locator("#section-mounts")
    mount.get_by_label("Container path").fill("/tmp")
    mount.get_by_label("Kind").select_option("tmpfs")
    page.get_by_role("button", name="Remove OLD_CACHE_DIR").click()
    expect(page.get_by_role("button", name="Remove OLD_CACHE_DIR")).to_have_count(0)
    expect(page.get_by_label("User", exact=True)).to_have_value("1000")
    expect(mount.get_by_label("Container path")).to_have_value("/tmp")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("web saved.")).to_be_visible()
    web = Application.objects.get(pk=shop.pk).desired_spec().components["web"]
    assert (web.user, web.mounts["/tmp"].kind) == ("1000", "tmpfs")
    assert set(web.env) == {"DATABASE_URL", "WORKERS"}


def test_what_values_will_do_is_seen_before(shop: Application, any_page: Page, live_server: LiveServer) -> None:
    page = any_page
    page.goto(f"{live_server.url}/apps/shop/settings/")
    page.get_by_label("Workers", exact=True).fill("9")
    page.get_by_role("button", name="Preview effects").click()
    expect(page.get_by_role("status").get_by_text("web is recreated.")).to_be_visible()
    expect(page.get_by_label("Workers", exact=True)).to_have_value("9")
    assert not shop.values.exists()
