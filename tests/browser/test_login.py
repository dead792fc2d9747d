from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from config.accounts.models import User


def test_a_person_logs_in(page: Page, live_server: LiveServer, operator: User) -> None:
    page.goto(f"{live_server.url}/password/")
    expect(page).to_have_url(f"{live_server.url}/login/?next=/password/")
    page.get_by_label("Username").fill(operator.username)
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{live_server.url}/password/")


def test_a_wrong_password_is_told_and_the_page_is_accessible(
    page: Page, live_server: LiveServer, operator: User
) -> None:
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("Username").fill(operator.username)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("do not belong together")).to_be_visible()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
