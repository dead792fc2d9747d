"""An upgrade in a real browser: questions, the confirm over the page, the part that lives."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from apps_app.models import Application
from config.accounts.models import Team, User
from templates_app.appspec.schema.model import Parameter
from templates_app.models import TemplateVersion
from tests.browser.conftest import sign_in
from tests.specs import WEB_AND_DB, WITH_REDIS, changed
from tests.upgrades_app.road import git_target, installed, memory_target, released, template
from tests.upgrades_app.views.pages import details, edited
from upgrades_app.actions.execute_upgrade import run
from upgrades_app.models import UpgradeRecord


@pytest.fixture
def copy(team: Team, live_server: LiveServer, tmp_path: Path) -> Application:
    """The shop at 1.0, with 1.1 released."""
    version = released(template(team), "1.0", WEB_AND_DB)
    released(version.template, "1.1", WITH_REDIS)
    return installed(version, git_target(team, tmp_path), "Copy")


def newest(copy: Application) -> UpgradeRecord:
    return UpgradeRecord.objects.filter(application=copy).latest("pk")


def test_upgrade_in_the_dialog_and_watch_it_end(
    operator_page: Page, live_server: LiveServer, copy: Application
) -> None:
    page = operator_page
    page.goto(f"{live_server.url}/apps/copy/upgrade/")
    page.get_by_role("button", name="Upgrade").click()
    expect(page.get_by_role("heading", name="redis")).to_be_visible()

    page.get_by_role("button", name="Upgrade", exact=True).click()
    dialog = page.get_by_role("dialog", name="Upgrade Copy to 1.1?")
    expect(dialog).to_be_visible()
    expect(page).to_have_url(re.compile("/upgrade/details/"))
    dialog.get_by_label("Reason").fill("the sale")
    dialog.get_by_role("button", name="Upgrade").click()

    expect(page.get_by_role("heading", name="Queued")).to_be_visible()
    run(newest(copy).pk)
    expect(page.get_by_role("link", name="Upgrade complete")).to_be_visible()
    expect(page.locator("#facts")).to_contain_text("Succeeded")
    expect(page.locator("#announce")).to_contain_text("1.1 written as commit")
    assert page.locator("#live").get_attribute("hx-trigger") is None
    assert Axe().run(page).violations_count == 0

    page.get_by_role("link", name="Upgrade complete").click()
    expect(page).to_have_url(f"{live_server.url}/apps/copy/")


def test_an_open_question_is_shown_and_an_answer_kept(
    operator_page: Page, live_server: LiveServer, copy: Application
) -> None:
    versions = TemplateVersion.objects.get(version="1.1").template
    released(versions, "1.2", changed(WITH_REDIS, "db", image="postgres:18", command=["theirs"]))
    edited(copy, "db", command=["ours"])
    page = operator_page
    page.goto(live_server.url + details(copy, "1.2"))
    page.get_by_label("Keep ours (yours)").check()

    page.get_by_role("button", name="Upgrade", exact=True).click()

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("One question needs your answer.")
    expect(page.get_by_label("Keep ours (yours)")).to_be_checked()
    summary.get_by_role("link").click()
    page.get_by_label("I have a backup").check()
    page.get_by_role("button", name="Upgrade", exact=True).click()
    expect(page.get_by_role("dialog", name="Upgrade Copy to 1.2?")).to_be_visible()


def test_every_answer_compares_again_and_keeps_what_is_typed_and_unfolded(
    operator_page: Page, live_server: LiveServer, copy: Application
) -> None:
    versions = TemplateVersion.objects.get(version="1.1").template
    asking = changed(WITH_REDIS, "db", image="postgres:18", command=["theirs"])
    new = {"GREETING": Parameter(default="hello"), "PLACE": Parameter()}
    released(versions, "1.2", asking.model_copy(update={"parameters": {**asking.parameters, **new}}))
    edited(copy, "db", command=["ours"])
    page = operator_page
    page.goto(live_server.url + details(copy, "1.2"))
    bar = page.locator(".action-bar")
    expect(bar).to_contain_text("2 questions open")
    page.get_by_text("Upgrade only some components").click()

    page.get_by_label("Take theirs").check()
    expect(bar).to_contain_text("1 question open")
    expect(page.get_by_label("Take theirs")).to_be_focused()
    expect(page.locator("#ticks")).to_have_attribute("open", "")

    page.get_by_label("GREETING").fill("good day")
    page.get_by_label("PLACE").press_sequentially("there", delay=150)
    expect(page.get_by_label("GREETING")).to_have_value("good day")
    expect(page.get_by_label("PLACE")).to_have_value("there")

    page.get_by_label("I have a backup").check()
    expect(bar).to_contain_text("Nothing changes before you confirm.")
    page.get_by_role("button", name="Upgrade", exact=True).click()
    expect(page.get_by_role("dialog", name="Upgrade Copy to 1.2?")).to_contain_text("GREETING is set to good day")


def test_choosing_a_target_proposes_a_free_port_and_keeps_what_was_typed(
    operator_page: Page, live_server: LiveServer, copy: Application, tmp_path: Path
) -> None:
    shop = TemplateVersion.objects.get(version="1.1").template
    web = changed(WITH_REDIS, "web", ports={"8000/tcp": {"${WEB_PORT:-8080}": {}}})
    released(shop, "1.2", web.model_copy(update={"parameters": {**web.parameters, "WEB_PORT": Parameter()}}))
    memory_target(copy.team, f"{tmp_path}")
    page = operator_page
    page.goto(f"{live_server.url}/templates/shop/install/?version=1.2")
    page.get_by_label("Application name").fill("Second")
    page.get_by_label("Database password").fill("a typed secret")

    page.get_by_label("Target").select_option("files")

    expect(page.get_by_label("WEB_PORT")).to_have_value("8081")
    expect(page.get_by_label("Application name")).to_have_value("Second")
    expect(page.locator("input[type=password]")).to_have_count(1)
    expect(page.get_by_label("Database password")).to_have_value("a typed secret")
    page.get_by_role("button", name="Install").click()
    expect(page.get_by_role("heading", name="Install Shop 1.2 as Second?")).to_be_visible()
    expect(page.get_by_text("WEB_PORT is set to 8081")).to_be_visible()


def test_another_version_is_compared_in_place(operator_page: Page, live_server: LiveServer, copy: Application) -> None:
    released(TemplateVersion.objects.get(version="1.1").template, "1.2", changed(WITH_REDIS, "web", command=["new"]))
    page = operator_page
    page.goto(live_server.url + details(copy, "1.1"))

    page.get_by_label("Version").select_option("1.2")

    expect(page.locator("#component-web")).to_contain_text("Command")
    expect(page).to_have_url(re.compile(r"to=1\.2$"))


def test_everything_works_without_javascript(
    browser: Browser, live_server: LiveServer, operator: User, copy: Application
) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, live_server, operator)
    page = context.new_page()
    page.goto(live_server.url + details(copy))
    page.get_by_role("button", name="Upgrade", exact=True).click()
    expect(page).to_have_url(re.compile(r"/upgrades/\d+/confirm/$"))
    page.get_by_role("button", name="Upgrade", exact=True).click()
    expect(page.get_by_role("link", name="Refresh")).to_be_visible()
    run(newest(copy).pk)
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_role("link", name="Upgrade complete")).to_be_visible()
    context.close()
