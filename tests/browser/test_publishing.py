"""Publishing in a real browser: what the page says while one types, the question, live lines, the confirm."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from config.accounts.models import Team, User
from templates_app.actions.synchronize import synchronize
from templates_app.models import TemplateVersion
from tests.apps_app.publishing import edited, released, source
from tests.browser.conftest import sign_in
from tests.specs import WITH_REDIS, changed


@pytest.fixture
def publisher_page(page: Page, live_server: LiveServer, publisher: User) -> Page:
    sign_in(page.context, live_server, publisher)
    return page


def test_from_the_application_to_the_marked_release_record(
    publisher_page: Page, live_server: LiveServer, team: Team
) -> None:
    page, shop = publisher_page, source(team)
    released(shop)
    edited(shop, WITH_REDIS)
    page.goto(f"{live_server.url}/apps/shop/publish/")
    reading = page.locator("#reading")
    expect(reading).to_have_text("Read as 1.1, newer than 1.0.")
    version = page.get_by_label("Version", exact=True)
    version.fill("1..1")
    expect(reading).to_contain_text("did you mean 1.1?")
    page.get_by_role("button", name="2.0", exact=True).click()
    expect(version).to_have_value("2.0")
    version.fill("1.1")
    expect(reading).to_have_text("Read as 1.1, newer than 1.0.")
    page.get_by_role("checkbox", name=re.compile("^redis")).uncheck()
    expect(page.get_by_text("redis is not selected, but required by web")).to_be_visible()
    expect(page.get_by_text("Not possible like this")).to_be_visible()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("redis is needed by web")
    page.get_by_role("checkbox", name=re.compile("^redis")).check()
    expect(page.get_by_text("redis is left out")).to_have_count(0)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name="Waiting for a worker")).to_be_visible()
    synchronize(TemplateVersion.objects.get(version="1.1"))
    expect(page.get_by_role("heading", name="All components are synchronized")).to_be_visible()
    page.get_by_role("link", name="Confirm").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Release Shop 1.1?")
    dialog.get_by_role("button", name="Release").click()
    expect(page.locator("tr.marked")).to_contain_text("1.1")


def test_the_template_is_chosen_in_place(publisher_page: Page, live_server: LiveServer, team: Team) -> None:
    page, shop = publisher_page, source(team)
    released(shop)
    edited(shop, changed(WITH_REDIS, "db", image="postgres:18"))
    page.goto(f"{live_server.url}/apps/shop/publish/")
    page.locator("select[name=template]").select_option("new")
    expect(page.get_by_label("Template name")).to_be_visible()
    expect(page).to_have_url(re.compile(r"template=new"))
    expect(page.locator("#reading")).to_contain_text("the first version")
    page.go_back()
    expect(page.locator("#reading")).to_contain_text("newer than 1.0")


def test_without_javascript_the_same_forms_lead_there(
    publisher_page: Page, live_server: LiveServer, team: Team
) -> None:
    source(team)
    browser = publisher_page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, storage_state=publisher_page.context.storage_state())
    page = context.new_page()
    page.goto(f"{live_server.url}/apps/shop/publish/")
    page.get_by_role("checkbox", name=re.compile("^db")).uncheck()
    page.get_by_role("button", name="Compare again").click()
    expect(page.get_by_text("db is not selected, but required by web")).to_be_visible()
    page.get_by_label("Publish without the dependency").check()
    page.get_by_role("button", name="Compare again").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name="Application synchronization Shop 1.0")).to_be_visible()
    synchronize(TemplateVersion.objects.get())
    page.reload()
    page.get_by_role("link", name="Confirm").click()
    page.get_by_role("button", name="Release").click()
    expect(page.locator("tr.marked")).to_contain_text("without db")
    context.close()
