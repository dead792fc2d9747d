"""A real Chromium, which fails every test whose page wrote an error to the console."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Response
from pytest_django.live_server_helper import LiveServer

from config.accounts.models import User
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.conftest import SignedIn

GIVEN_UP = ("htmx:afterRequest", "htmx:sendAbort")
"""What htmx says of a request that a newer one replaced. One that failed is told as sendError or responseError."""

# Playwright's loop runs in the tests' own thread, where Django otherwise refuses to ask the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if not CHROMIUM.is_file():
        pytest.skip(f"there is no Chromium at {CHROMIUM}; UPLIFT_CHROMIUM says where it is")
    return {"executable_path": str(CHROMIUM), "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    context.set_default_timeout(5000)
    return context


@pytest.fixture
def expected_errors() -> list[str]:
    """Parts of console messages that a test provokes on purpose: ``expected_errors.append("403")``."""
    return []


@pytest.fixture(autouse=True)
def no_console_errors(context: BrowserContext, expected_errors: list[str]) -> Iterator[None]:
    """Covers CSP faults, scripts that fail and files that are missing, on every page of the test's context."""
    result: list[str] = []

    def on_message(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(GIVEN_UP):
            result.append(f"{message.text} ({message.location.get('url', '')})")

    def on_error(error: Error) -> None:
        result.append(f"uncaught: {error}")

    def on_response(response: Response) -> None:
        if response.status >= 500:
            result.append(f"{response.status} {response.url}")

    context.on("console", on_message)
    context.on("weberror", lambda weberror: on_error(weberror.error))
    context.on("response", on_response)
    yield
    unexpected = [line for line in result if not any(part in line for part in expected_errors)]
    assert not unexpected, "\n".join(unexpected)


@pytest.fixture
def operator_page(page: Page, live_server: LiveServer, operator: User) -> Page:
    """A page on which the operator of team Shop is signed in."""
    sign_in(page.context, live_server, operator)
    return page


def sign_in(context: BrowserContext, live_server: LiveServer, user: User) -> None:
    """Puts a session of the user into the browser."""
    session = SignedIn(user).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
