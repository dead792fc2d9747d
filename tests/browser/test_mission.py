"""The whole flow in a real browser, on a demo that runs as its users run it."""

from playwright.sync_api import Page

from tests.browser.mission import Mission
from tests.browser.served import served_demo


def test_the_flow_from_publishing_to_going_back(page: Page) -> None:
    page.context.set_default_timeout(15_000)
    with served_demo() as (url, password):
        mission = Mission(page, url, lambda name: None)
        mission.sign_in(password)
        mission.publish()
        mission.upgrade()
        mission.go_back()
        mission.meet_a_conflict()
        page.goto("about:blank")
