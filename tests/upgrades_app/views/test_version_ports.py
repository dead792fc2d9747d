"""A port that a version brings, and that is taken: another one is taken on the page of the upgrade, and stays."""

import re
from html import unescape

import pytest

from apps_app.models import Application, Target
from config.accounts.models import Team, User
from templates_app.appspec.schema.parse import parse
from templates_app.models import AppTemplate, TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.road import ADA, carried_out, fresh, installed, memory_target, plan_of, released, upgraded
from tests.upgrades_app.views.pages import HTMX, details, location, post, text_of
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.engine.planning.plan import told
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db
WEB = {"image": "web:1", "ports": {"80/tcp": {"8080": {}}}}
ADMIN = {"image": "admin:1", "ports": {"90/tcp": {"9090": {}}}}
PLAIN = parse({"components": {"job": {"image": "job:1"}}})
WITH_ADMIN = parse({"components": {"job": {"image": "job:1"}, "admin": ADMIN}})
PORT = "port:admin 90/tcp 9090"
CLASH = "admin publishes 9090/tcp, and so does admin of First on this target"


@pytest.fixture
def target(team: Team, request: pytest.FixtureRequest) -> Target:
    return memory_target(team, str(request.node.name))


@pytest.fixture
def second(template: AppTemplate, target: Target) -> Application:
    """At 1.0, where 1.1 brings a component whose port the first one has."""
    other = AppTemplate.objects.create(team=template.team, slug="other", name="Other")
    installed(released(other, "1.0", WITH_ADMIN), target, "First")
    copy = installed(released(template, "1.0", PLAIN), target, "Second")
    released(template, "1.1", WITH_ADMIN)
    return copy


def take(page: str) -> str:
    match = re.search(r'name="again" value="(port:[^"]*)"', page)
    assert match is not None, page
    return unescape(match[1])


def test_a_taken_port_of_a_new_component_is_another_one(second: Application, operator: User) -> None:
    client = SignedIn(operator)
    page = text_of(client.get(details(second)))
    assert CLASH in page
    assert "Take 9091" in page

    chosen = text_of(post(client, details(second), again=take(page)))
    assert CLASH not in chosen
    assert "Something changed" not in chosen
    assert f'name="{PORT}" value="9091"' in chosen
    assert re.search(r"published as 9091.{0,200}Yours, by your choice", chosen)

    confirm = text_of(client.get(location(post(client, details(second), **{PORT: "9091"}))))
    assert "port 90/tcp of admin is published on 9091 (yours; the template publishes 9090)" in confirm
    assert carried_out(UpgradeRecord.objects.get(status="planned")).succeeded
    assert list(fresh(second).applied_spec().components["admin"].ports["90/tcp"]) == ["9091"]


def test_a_port_that_was_taken_and_is_taken_too_offers_the_next(
    second: Application, target: Target, operator: User
) -> None:
    third = AppTemplate.objects.create(team=target.team, slug="third", name="Third")
    spec = parse({"components": {"admin": {**ADMIN, "ports": {"90/tcp": {"9091": {}}}}}})
    installed(released(third, "1.0", spec), target, "Third")
    page = text_of(post(SignedIn(operator), details(second), again="yes", **{PORT: "9091"}))
    assert "admin publishes 9091/tcp, and so does admin of Third" in page
    assert take(page) == f"{PORT}=9092"


def test_without_the_questions_around_it_the_button_leads_to_them(second: Application, operator: User) -> None:
    client = SignedIn(operator)
    page = text_of(client.get(details(second)))
    url = re.search(r'hx-post="([^"]*preflight[^"]*)"', page)
    assert url is not None
    alone = text_of(client.get(unescape(url[1])))
    assert f'<form method="post" action="{details(second)}">' in alone
    shown = text_of(client.post(details(second), {"again": take(alone)}))
    assert "Something changed" not in shown
    assert f'name="{PORT}" value="9091"' in shown
    requested = text_of(client.post(unescape(url[1]), {PORT: "9091"}, headers=HTMX))
    assert CLASH not in requested


def test_an_upgrade_keeps_the_port_and_says_so(template: AppTemplate, target: Target) -> None:
    version = released(template, "1.0", parse({"components": {"web": WEB}}))
    next_version = released(template, "1.1", parse({"components": {"web": {**WEB, "image": "web:2"}}}))
    installed(version, target, "First")
    copy = installed(version, target, "Second", Answers(ports={"web 80/tcp 8080": 8081}))
    text = told(plan_of(copy, next_version).plan)
    assert "8081" in text
    assert "yours, kept" in text
    assert upgraded(copy, next_version).succeeded
    web = fresh(copy).applied_spec().components["web"]
    assert (web.image, list(web.ports["80/tcp"])) == ("web:2", ["8081"])


def test_the_installs_own_number_is_no_local_change(template: AppTemplate, target: Target) -> None:
    version = released(template, "1.0", parse({"components": {"web": WEB}}))
    answers = Answers(ports={"web 80/tcp 8080": 8080, "web 80/tcp 7": 9})
    record = plan_install(version, ADA, team=target.team, name="Copy", target=target, answers=answers)
    assert record.stored_plan.questions == ()
    assert carried_out(record).succeeded
    assert fresh(record.subject).desired_spec() == version.spec


def test_a_version_that_was_confirmed_is_not_moved_by_its_own_answer(
    template: AppTemplate, target: Target, second: Application
) -> None:
    newest: TemplateVersion = template.versions.get(version="1.1")
    assert upgraded(second, newest, Answers(ports={"admin 90/tcp 9090": 9091})).succeeded
    assert not plan_of(second, newest).plan.moves
