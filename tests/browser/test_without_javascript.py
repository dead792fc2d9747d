"""The whole flow with JavaScript switched off: every step is a link or a form."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from config.accounts.models import Team, User
from templates_app.actions.synchronize import synchronize
from templates_app.models import TemplateVersion
from tests.apps_app.publishing import edited, released, source
from tests.browser.conftest import sign_in
from tests.specs import WITH_REDIS
from tests.upgrades_app.upgrade_helpers import git_target, installed
from tests.upgrades_app.views.pages import edited as edited_at
from upgrades_app.actions.execute_upgrade import execute_upgrade
from upgrades_app.models import UpgradeRecord


@pytest.fixture
def plain_page(browser: Browser, live_server: LiveServer, publisher: User) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(5000)
    sign_in(context, live_server, publisher)
    yield context.new_page()
    context.close()


@pytest.fixture
def shop(team: Team, tmp_path: Path) -> None:
    """A source whose 1.0 is installed with a local change, and to which redis was added since."""
    origin = source(team)
    copy = installed(released(origin), git_target(team, tmp_path), "Shop copy")
    env = copy.desired_spec().components["web"].env
    edited_at(copy, "web", env={**env, "LOG_LEVEL": "debug"})
    edited(origin, WITH_REDIS)


@pytest.mark.usefixtures("shop")
def test_from_publishing_to_upgrade_complete(plain_page: Page, live_server: LiveServer) -> None:
    page = plain_page
    page.goto(f"{live_server.url}/")
    publish(page)
    upgrade(page)
    go_back(page)


def publish(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Applications", exact=True).click()
    page.get_by_role("link", name="Shop", exact=True).click()
    page.get_by_role("navigation").get_by_role("link", name="Publish", exact=True).click()
    expect(page.get_by_label("Version", exact=True)).to_have_value("1.1")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("row", name="redis")).to_contain_text("Waiting")
    synchronize(TemplateVersion.objects.get(version="1.1"))
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_role("row", name="redis")).to_contain_text("Application synchronizationd")
    page.get_by_role("link", name="Confirm", exact=True).click()
    page.get_by_role("button", name="Release", exact=True).click()
    expect(page.locator("tr.marked")).to_contain_text("1.1")


def upgrade(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Applications", exact=True).click()
    page.get_by_role("link", name="Shop copy", exact=True).click()
    page.get_by_role("navigation").get_by_role("link", name="Upgrade 1").click()
    page.get_by_role("button", name="Upgrade").click()
    expect(page.locator("#component-redis")).to_be_visible()
    expect(page.locator("#component-web")).to_contain_text("LOG_LEVEL")
    page.get_by_role("button", name="Upgrade", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Upgrade Shop copy to 1.1?")
    page.get_by_role("button", name="Upgrade", exact=True).click()
    expect(page.get_by_role("heading", name="Queued")).to_be_visible()
    execute_upgrade(UpgradeRecord.objects.open().get().pk)
    page.get_by_role("link", name="Refresh").click()
    page.get_by_role("link", name="Upgrade complete").click()
    expect(page.get_by_role("link", name="redis").first).to_be_visible()


def go_back(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="History").click()
    page.get_by_role("link", name="Upgrade 1.0 → 1.1").first.click()
    page.get_by_role("link", name="Roll back to 1.0").click()
    page.get_by_role("button", name="Roll back", exact=True).click()
    page.get_by_role("button", name="Roll back", exact=True).click()
    execute_upgrade(UpgradeRecord.objects.open().get().pk)
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_role("main")).to_contain_text("1.0 written as commit")
