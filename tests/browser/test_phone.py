"""On a telephone: every page of an application is in sight, and lists say how things stand without scrolling."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_pages import signed_in
from tests.pages.scene import Scene, scene

PHONE = ViewportSize(width=390, height=844)


@pytest.fixture
def shown(page: Page, live_server: LiveServer, tmp_path: Path) -> Scene:
    result = scene(tmp_path)
    signed_in(page, live_server, result)
    page.set_viewport_size(PHONE)
    return result


def inside(locator: Locator) -> bool:
    """Whether everything of it lies between the left and the right edge of the screen."""
    boxes = [box for item in locator.all() if (box := item.bounding_box()) is not None]
    assert boxes, locator
    return all(box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"] for box in boxes)


def test_all_pages_of_an_application_are_in_sight(page: Page, live_server: LiveServer, shown: Scene) -> None:
    page.goto(f"{live_server.url}{reverse('apps:settings', args=[shown.copy.slug])}")
    entries = page.locator(".side li a")
    assert entries.count() >= 7
    assert inside(entries)


@pytest.mark.parametrize("name", ["apps:list", "upgrades:list", "templates:template"])
def test_a_list_says_how_things_stand(name: str, page: Page, live_server: LiveServer, shown: Scene) -> None:
    args = [shown.template.slug] if name == "templates:template" else []
    page.goto(f"{live_server.url}{reverse(name, args=args)}")
    states = page.locator("td.state .badge")
    assert inside(states)
    assert inside(page.locator("tbody td"))
    row = page.locator("tbody tr").first
    name_box, state_box = row.locator("th").bounding_box(), row.locator("td.state").bounding_box()
    assert name_box is not None
    assert state_box is not None
    assert abs(name_box["y"] - state_box["y"]) < 8


def test_what_one_can_do_is_in_sight(page: Page, live_server: LiveServer, shown: Scene) -> None:
    page.goto(f"{live_server.url}{reverse('upgrades:details', args=[shown.clash.slug])}?to=1.2")
    buttons = page.locator(".action-bar .button:visible")
    assert inside(buttons)
    last = buttons.last.bounding_box()
    assert last is not None
    assert last["y"] + last["height"] <= PHONE["height"]
