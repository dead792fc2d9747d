"""Takes the README's pictures of the demo anew: `uv run python -m tests.browser.screenshots [FOLDER]`.

The one of a Docker Engine needs an engine, and leaves nothing on it.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.apps_app.drivers.docker import engines
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.mission import Mission
from tests.browser.served import PROJECT, served_demo

WIDTH, HEIGHT, TALLEST = 1280, 720, 1400


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    desired = set(re.findall(r"screenshots/([a-z-]+)\.png", (PROJECT / "README.md").read_text()))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)

        @contextmanager
        def mission(names: Mapping[str, str], *options: str, **environment: str) -> Iterator[Mission]:
            """A fresh demo, whose stages are taken under the names that the README has for them."""
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")

            def take(stage: str) -> None:
                if stage in names:
                    shoot(page, folder / f"{names[stage]}.png")

            with served_demo(*options, **environment) as (url, password):
                begun = Mission(page, url, take)
                begun.sign_in(password)
                begun.publish()
                yield begun
                page.close()

        with mission({name: name for name in desired}) as on_git:
            on_git.upgrade()
            on_git.go_back()
            on_git.meet_a_conflict()
        engine = engines.address()
        names = {"topology-after": "docker-topology"}
        with mission(names, "--target", "docker", "--local-images", DOCKER_HOST=engine) as on_docker:
            on_docker.upgrade()
        browser.close()


def shoot(page: Page, path: Path) -> None:
    """The whole page without scrolling, so that bars at its edge lie where they belong."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": WIDTH, "height": min(max(HEIGHT, height), TALLEST)})
    page.screenshot(path=path)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / ".github" / "screenshots")
