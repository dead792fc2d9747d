"""Takes the README's pictures of the demo anew: `uv run python -m tests.browser.screenshots [FOLDER]`."""

import re
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.mission import Mission
from tests.browser.served import PROJECT, served_demo

WIDTH, HEIGHT, TALLEST = 1280, 720, 1400


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = set(re.findall(r"screenshots/([a-z-]+)\.png", (PROJECT / "README.md").read_text()))
    with sync_playwright() as playwright, served_demo() as (url, password):
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")

        def take(name: str) -> None:
            if name in wanted:
                shoot(page, folder / f"{name}.png")

        mission = Mission(page, url, take)
        mission.sign_in(password)
        mission.publish()
        mission.upgrade()
        mission.go_back()
        mission.meet_a_conflict()
        browser.close()


def shoot(page: Page, path: Path) -> None:
    """The whole page without scrolling, so that bars at its edge lie where they belong."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": WIDTH, "height": min(max(HEIGHT, height), TALLEST)})
    page.screenshot(path=path)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / ".github" / "screenshots")
