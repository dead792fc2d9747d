"""An owner keeps the members of a team."""

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from config.accounts.models import User
from tests.browser.conftest import sign_in
from tests.factories import UserFactory


def test_a_member_comes_and_goes(page: Page, live_server: LiveServer, owner: User) -> None:
    UserFactory.create(username="ada")
    sign_in(page.context, live_server, owner)
    page.goto(live_server.url)
    page.get_by_role("button", name="owner").click()
    page.get_by_role("link", name="Teams").click()
    page.get_by_role("link", name="Shop").click()
    page.get_by_role("link", name="Add a member").click()
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Operator: also installs").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("row", name="ada")).to_contain_text("Operator")
    page.get_by_role("link", name="Remove ada").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("ada is no member of Shop any more.")).to_be_visible()
    page.get_by_role("link", name="Audit trail").click()
    expect(page.get_by_role("row", name="Removed a member")).to_contain_text("Member: ada")
