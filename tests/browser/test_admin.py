"""The admin in a real browser: under our own policy nothing of it is blocked or missing."""

from pathlib import Path

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from config.accounts.models import User
from tests.browser.conftest import sign_in
from tests.pages.scene import scene


def test_a_stuck_upgrade_is_found_and_given_up(
    page: Page, live_server: LiveServer, superuser: User, tmp_path: Path
) -> None:
    stuck = scene(tmp_path).queued
    sign_in(page.context, live_server, superuser)
    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("link", name="Application locks", exact=True).click()
    expect(page.get_by_role("link", name=stuck.title)).to_be_visible()
    page.goto(f"{live_server.url}/admin/upgrades_app/upgraderecord/{stuck.pk}/change/")
    page.get_by_role("link", name="Mark as interrupted").click()
    page.get_by_label("Reason").fill("no worker is left")
    page.get_by_role("button", name="Mark as interrupted").click()
    expect(page.get_by_text("Interrupted before anything was changed.").first).to_be_visible()
    page.goto(f"{live_server.url}/audit/?verb=marked+as+interrupted")
    expect(page.get_by_role("row", name="Marked as interrupted")).to_contain_text("no worker is left")


def test_a_released_document_unfolds(page: Page, live_server: LiveServer, superuser: User, tmp_path: Path) -> None:
    version = scene(tmp_path).closed_release.version
    sign_in(page.context, live_server, superuser)
    assert version is not None
    page.goto(f"{live_server.url}/admin/templates_app/templateversion/{version.pk}/change/")
    expect(page.get_by_text('"image": "postgres:17"')).to_be_hidden()
    page.locator("summary", has_text="lines").click()
    expect(page.get_by_text('"image": "postgres:17"')).to_be_visible()
