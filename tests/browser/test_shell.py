"""The frame of every page, driven in a real browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from config.accounts.models import User
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.urls("tests.browser.shell_urls")


@pytest.fixture
def opener(operator_page: Page, live_server: LiveServer) -> Page:
    operator_page.goto(f"{live_server.url}/shell/")
    return operator_page


def test_a_confirm_opens_in_the_dialog_with_the_focus_on_cancel(opener: Page) -> None:
    opener.click("#ask")
    expect(opener.get_by_role("dialog", name="Upgrade shop-copy to 1.1?")).to_be_visible()
    expect(opener.get_by_role("link", name="Cancel")).to_be_focused()
    expect(opener).to_have_url(re.compile("/shell/$"))


@pytest.mark.parametrize("leave", ["Escape", "Cancel"])
def test_leaving_the_dialog_gives_the_focus_back(opener: Page, leave: str) -> None:
    opener.click("#ask")
    expect(opener.locator("#dialog h1")).to_be_visible()
    if leave == "Escape":
        opener.keyboard.press("Escape")
    else:
        opener.get_by_role("link", name="Cancel").click()
    expect(opener.locator("#dialog")).to_be_hidden()
    expect(opener.locator("#dialog")).to_be_empty()
    expect(opener.locator("#ask")).to_be_focused()
    expect(opener).to_have_url(re.compile("/shell/$"))


def test_the_dialog_opens_again_after_it_was_closed(opener: Page) -> None:
    for _ in range(2):
        opener.click("#ask")
        expect(opener.locator("#dialog h1")).to_be_visible()
        opener.keyboard.press("Escape")
        expect(opener.locator("#dialog")).to_be_hidden()


def test_confirming_in_the_dialog_posts_the_digest(opener: Page) -> None:
    opener.click("#ask")
    opener.get_by_role("button", name="Upgrade now").click()
    expect(opener.locator(".messages")).to_contain_text("Confirmed 9f2c")


def test_a_click_for_a_new_tab_opens_the_page(opener: Page) -> None:
    with opener.context.expect_page() as opened:
        opener.click("#ask", modifiers=["Control"])
    expect(opened.value.get_by_role("heading", name="Upgrade shop-copy to 1.1?")).to_be_visible()
    expect(opener.locator("#dialog")).to_be_hidden()


def test_a_confirm_is_a_page_without_javascript(browser: Browser, live_server: LiveServer, operator: User) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, live_server, operator)
    page = context.new_page()
    page.goto(f"{live_server.url}/shell/")
    page.click("#ask")
    expect(page).to_have_url(re.compile("/shell/confirm/$"))
    page.get_by_role("button", name="Upgrade now").click()
    expect(page.locator(".messages")).to_contain_text("Confirmed 9f2c")
    context.close()


def test_what_is_refused_is_opened_as_a_page(opener: Page, expected_errors: list[str]) -> None:
    expected_errors.append("403")
    opener.click("#refused")
    expect(opener).to_have_url(re.compile("/shell/refused/$"))
    expect(opener.get_by_text("ada is not an operator of team Shop.")).to_be_visible()


def test_a_whole_page_never_lands_in_the_dialog(opener: Page) -> None:
    with opener.expect_navigation():
        opener.click("#signed-out")
    expect(opener.locator("#dialog")).to_be_hidden()
    expect(opener.locator("main")).to_have_count(1)


def test_a_live_part_ends_and_is_announced_once(operator_page: Page, live_server: LiveServer) -> None:
    operator_page.goto(f"{live_server.url}/shell/live/")
    expect(operator_page.locator("#live")).to_have_text("Finished")
    expect(operator_page.get_by_role("status")).to_have_text("web: done")
    expect(operator_page.locator("main")).not_to_contain_text("web: done")


def test_a_live_part_of_an_ended_session_leads_to_the_sign_in_page(
    operator_page: Page, live_server: LiveServer
) -> None:
    operator_page.goto(f"{live_server.url}/shell/live/?part=quiet")
    with operator_page.expect_response("**/shell/live/quiet/") as answer:
        pass
    assert answer.value.status == 204
    operator_page.context.clear_cookies()
    expect(operator_page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(operator_page).to_have_url(re.compile(r"/login/\?next=/shell/live/"))


def test_the_user_menu_names_the_team_and_logs_out(opener: Page) -> None:
    opener.get_by_role("button", name="operator").click()
    expect(opener.locator("#user-menu")).to_contain_text("Shop")
    opener.get_by_role("button", name="Log out").click()
    expect(opener.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_first_stop_of_the_keyboard_skips_to_the_content(opener: Page) -> None:
    opener.keyboard.press("Tab")
    expect(opener.get_by_role("link", name="Skip to the content")).to_be_focused()
    opener.keyboard.press("Enter")
    expect(opener.locator("main")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", ["/shell/", "/shell/confirm/", "/shell/wide/", "/login/"])
def test_nothing_stands_in_the_way_of_anybody(
    browser: Browser, live_server: LiveServer, operator: User, scheme: str, place: str
) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    if place != "/login/":
        sign_in(context, live_server, operator)
    page = context.new_page()
    page.goto(f"{live_server.url}{place}")
    results = Axe().run(page)
    context.close()
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("place", ["/shell/", "/shell/confirm/", "/shell/wide/"])
def test_a_narrow_screen_never_scrolls_sideways(
    browser: Browser, live_server: LiveServer, operator: User, place: str
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 700}, has_touch=True, is_mobile=True)
    sign_in(context, live_server, operator)
    page = context.new_page()
    page.goto(f"{live_server.url}{place}")
    width = page.evaluate("document.documentElement.scrollWidth")
    lowest = page.evaluate("Math.min(...[...document.querySelectorAll('.button')].map(b => b.offsetHeight))")
    context.close()
    assert width == 360
    assert lowest >= 44
