"""Every page in a real Chromium: for everybody, in light and dark, on a wide screen and a narrow one."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from tests.conftest import SignedIn
from tests.pages.places import doors, places, upload_again
from tests.pages.scene import Scene, scene

AXE = Axe().axe_script
WIDE = ViewportSize(width=1280, height=900)
NARROW = ViewportSize(width=390, height=800)


@pytest.mark.parametrize("part", ["apps", "templates", "upgrades", "people"])
def test_every_page_is_for_everybody(part: str, page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    shown = scene(tmp_path)
    signed_in(page, live_server, shown)
    faults = []
    for name, result in places(shown).items():
        if name.startswith(f"{part}:") or (part == "people" and ":" not in name):
            for address in result:
                faults += [f"{address}: {fault}" for fault in faults_of(page, f"{live_server.url}{address}")]
    assert not faults, "\n".join(faults)


def test_the_doors_are_for_everybody(page: Page, live_server: LiveServer) -> None:
    faults = [
        f"{address}: {fault}"
        for address in doors().values()
        for fault in faults_of(page, f"{live_server.url}{address}")
    ]
    assert not faults, "\n".join(faults)


def test_what_is_not_there_is_told_on_a_page(
    operator_page: Page, live_server: LiveServer, expected_errors: list[str]
) -> None:
    expected_errors.append("404")
    faults = list(faults_of(operator_page, f"{live_server.url}/apps/nothing/", status=404))
    assert not faults, "\n".join(faults)


def signed_in(page: Page, live_server: LiveServer, shown: Scene) -> None:
    client = SignedIn(shown.owner)
    upload_again(client, shown)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])


def faults_of(page: Page, url: str, status: int = 200) -> Iterator[str]:
    """What is wrong with a page: wide in both schemes, then narrow and dark."""
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    answer = page.goto(url)
    if answer is None or answer.status != status:
        yield f"answers {answer and answer.status}"
    page.evaluate(AXE)
    yield from violations(page, "wide, light", {})
    page.emulate_media(color_scheme="dark")
    yield from violations(page, "wide, dark", {"runOnly": ["color-contrast", "link-in-text-block"]})
    page.set_viewport_size(NARROW)
    yield from violations(page, "narrow, dark", {})
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > NARROW["width"]:
        yield f"is {width} pixels wide on a narrow screen"


def violations(page: Page, how: str, options: Mapping[str, object]) -> Iterator[str]:
    provided = {"resultTypes": ["violations"], **options}
    result = page.evaluate("given => axe.run(document, given).then(found => found.violations)", provided)
    for item in result:
        where = "; ".join(node["html"][:160] for node in item["nodes"][:3])
        yield f"{how}: {item['id']}: {item['help']}: {where}"
