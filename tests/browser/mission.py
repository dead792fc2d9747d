"""The mission's flow as an operator clicks it: publish 1.1, upgrade the copy, look at it, go back."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

type Shoot = Callable[[str], None]
WORK = 30_000  # milliseconds that a worker may take on a busy machine


class Mission:
    """One browser page on a demo that was just set up. `shoot` is called by name on every page of interest."""

    def __init__(self, page: Page, url: str, shoot: Shoot) -> None:
        self.page, self.url, self.shoot = page, url.rstrip("/"), shoot

    def sign_in(self, password: str) -> None:
        self.page.goto(self.url)
        self.page.get_by_label("Username").fill("demo")
        self.page.get_by_label("Password").fill(password)
        self.shoot("sign-in")
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", name="Home")).to_be_visible()
        self.shoot("home")

    def open(self, application: str) -> None:
        self.page.get_by_role("navigation").get_by_role("link", name="Applications", exact=True).click()
        self.page.get_by_role("link", name=application, exact=True).click()
        expect(self.page.get_by_role("heading", name=application, level=1)).to_be_visible()

    def side(self, name: str) -> None:
        """Follows a link of the application's left column."""
        self.page.get_by_role("navigation").get_by_role("link", name=re.compile(rf"^{name}( \d+)?$")).first.click()

    def publish(self) -> None:
        self.open("shop")
        self.shoot("source")
        self.side("Publish")
        expect(self.page.get_by_label("Version", exact=True)).to_have_value("1.1")
        self.shoot("publish")
        self.page.get_by_role("button", name="Publish").click()
        expect(self.page.get_by_role("row", name=re.compile("^redis "))).to_contain_text("New")
        confirm = self.page.get_by_role("main").get_by_role("link", name="Confirm")
        expect(confirm).to_be_visible(timeout=WORK)
        self.shoot("synchronization")
        confirm.click()
        self.answer("synchronization-confirm")
        expect(self.page.get_by_role("row", name="1.1")).to_contain_text("Released")
        self.shoot("release-records")

    def upgrade(self) -> None:
        self.open("shop-copy")
        self.shoot("topology-before")
        self.side("Upgrade")
        expect(self.page.get_by_role("main")).to_contain_text("1.1")
        self.shoot("upgrade-management")
        self.page.get_by_role("button", name="Upgrade").click()
        expect(self.page.get_by_role("main")).to_contain_text("Yours, kept")
        self.shoot("upgrade-details")
        self.page.get_by_role("button", name="Upgrade").click()
        self.answer("upgrade-confirm")
        complete = self.page.get_by_role("link", name="Upgrade complete")
        expect(complete).to_be_visible(timeout=WORK)
        self.shoot("upgrade-complete")
        complete.click()
        expect(self.page.get_by_role("link", name="redis").first).to_be_visible()
        self.shoot("topology-after")

    def go_back(self, result: str = "1.0 written as commit") -> None:
        self.side("History")
        self.shoot("history")
        self.page.get_by_role("link", name="Roll back to 1.0").first.click()
        expect(self.page.get_by_role("main")).to_contain_text("redis")
        self.shoot("going-back")
        self.page.get_by_role("button", name="Roll back").click()
        self.answer("going-back-confirm")
        expect(self.page.get_by_role("main")).to_contain_text(result, timeout=WORK)

    def meet_a_conflict(self) -> None:
        self.open("shop-staging")
        self.side("Upgrade")
        self.page.get_by_role("button", name="Upgrade").click()
        main = self.page.get_by_role("main")
        expect(main).to_contain_text("8")
        expect(main).to_contain_text("WORKERS")
        self.shoot("conflict")

    def answer(self, shot: str) -> None:
        """Says yes in the dialog that opens."""
        submit = self.page.locator("dialog[open] button.primary")
        expect(submit).to_be_visible()
        self.shoot(shot)
        submit.click()
