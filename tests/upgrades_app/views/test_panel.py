"""What stands in the way is said in one place, with the way out of it: where to mend it, and a free port to take."""

import re
from html import unescape

import pytest
from django.urls import reverse

from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Target
from apps_app.queries.rendered_spec import given_values
from config.accounts.models import Team, User
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB, changed
from tests.upgrades_app.road import carried_out, fresh, installed, memory_target, released, template
from tests.upgrades_app.views.pages import HTMX, details, location, planned, post, text_of
from upgrades_app.engine.execution.preflight import Findings
from upgrades_app.models import UpgradeRecord
from upgrades_app.presenters.preflight_panel import Hindrance, Panel

pytestmark = pytest.mark.django_db
CLASH = "web publishes 8080/tcp, and so does web of First on this target"
CLEAR = "Nothing stands in the way."


def by_parameter(before: AppSpec) -> AppSpec:
    web: dict[str, object] = {**before.components["web"].plain, "ports": {"8000/tcp": {"${WEB_PORT}": {}}}}
    return parse(
        {
            **before.plain,
            "parameters": {**before.plain["parameters"], "WEB_PORT": {"default": "8080"}},  # type: ignore[dict-item]  # a map
            "components": {**before.plain["components"], "web": web},  # type: ignore[dict-item]  # so is this
        }
    )


@pytest.fixture
def target(team: Team, request: pytest.FixtureRequest) -> Target:
    return memory_target(team, str(request.node.name))


@pytest.fixture
def first(team: Team, target: Target) -> Application:
    """Who has the port already."""
    return installed(released(template(team, "first"), "1.0", WEB_AND_DB), target, "First")


def second(team: Team, target: Target, spec: AppSpec) -> TemplateVersion:
    """Another application that wants it; its next version, which is not installed."""
    version = released(template(team), "1.0", spec)
    installed(version, target, "Second")
    return released(version.template, "1.1", changed(spec, "web", user="app"))


def panel(page: str) -> str:
    """There is exactly one."""
    result = re.findall(r'<section class="card hindrances".*?</section>', page)
    assert len(result) == 1, page
    return str(result[0])


def take(page: str) -> tuple[str, dict[str, str]]:
    """What the button to take a free port posts, and where to."""
    match = re.search(r'<form method="post" action="([^"]*port/[^"]*)">.*?name="at" value="([^"]*)"', page)
    assert match is not None, page
    return unescape(match[1]), {"at": unescape(match[2])}


def asked(client: SignedIn, page: str) -> str:
    url = re.search(r'hx-(?:get|post)="([^"]*preflight[^"]*)"', panel(page))
    assert url is not None, page
    return panel(text_of(client.get(unescape(url[1]), headers=HTMX)))


@pytest.mark.parametrize("parameter", [False, True])
def test_a_taken_port_is_mended_where_it_is_said(
    team: Team, target: Target, first: Application, operator: User, *, parameter: bool
) -> None:
    version = second(team, target, by_parameter(WEB_AND_DB) if parameter else WEB_AND_DB)
    copy, client = Application.objects.get(slug="second"), SignedIn(operator)
    page = text_of(client.get(details(copy)))
    for part in (panel(page), asked(client, page)):
        assert CLASH in part
        assert CLEAR not in part
        assert "Take 8081" in part
        assert ("settings/values/#id_value-WEB_PORT" if parameter else "components/web/edit/#ports-title") in part
    action, data = take(page)
    answer = client.post(action, data)
    assert location(answer) == details(copy)
    page = text_of(client.get(details(copy)))
    assert CLASH not in page
    assert CLEAR in asked(client, page)
    assert UpgradeRecord.objects.filter(status="planned").count() == 0

    post(client, details(copy))
    assert carried_out(UpgradeRecord.objects.get(status="planned")).succeeded
    copy = fresh(copy)
    web = copy.applied_spec().components["web"]
    assert (given_values(copy).get("WEB_PORT"), list(web.ports["8000/tcp"])) == (
        ("8081", ["${WEB_PORT}"]) if parameter else (None, ["8081"])
    )
    assert copy.installation.version == version


def test_the_confirm_has_the_same_panel(team: Team, target: Target, first: Application, operator: User) -> None:
    version = second(team, target, WEB_AND_DB)
    copy, client = Application.objects.get(slug="second"), SignedIn(operator)
    record = planned(copy, version)
    for url in (reverse("upgrades:confirm", args=[record.pk]), record.get_absolute_url()):
        page = text_of(client.get(url))
        assert CLASH in panel(page)
        assert "Take 8081" in panel(page)
        assert CLEAR not in asked(client, page)
    action, data = take(text_of(client.get(reverse("upgrades:confirm", args=[record.pk]))))
    assert location(client.post(action, data)) == details(copy)


def test_what_the_target_says_of_the_same_port_is_said_once(
    team: Team, target: Target, first: Application, operator: User
) -> None:
    second(team, target, WEB_AND_DB)
    message = "port 8080 is used by the container first-web-1; 8082 is free"
    target_in_memory(str(target.config["name"])).object_to("web", message)
    client = SignedIn(operator)
    part = asked(client, text_of(client.get(details(Application.objects.get(slug="second")))))
    assert message in part
    assert CLASH not in part
    assert "Take 8081" in part
    assert "While this stands, the upgrade would fail at once" in part


@pytest.mark.parametrize(
    ("clash", "objection", "once"),
    [
        ("web publishes 8080/tcp, and so does db", "port 8080 is used by the container x", True),
        ("web publishes 127.0.0.1:8080/tcp, and so does db", "port 8080 is used by the container x", True),
        ("web publishes 18080/tcp, and so does db", "port 8080 is used by the container x", False),
        ("web publishes 8080/tcp, and so does db", "the name web is taken by y", False),
        ("The engine does not tell what others use.", "the volume data is in use", False),
    ],
)
def test_two_sentences_about_one_port_are_one(clash: str, objection: str, *, once: bool) -> None:
    preflight_panel = Panel("engine", "the upgrade", warnings=(Hindrance(clash),)).with_findings(Findings((objection,)))
    assert [issue.text for issue in preflight_panel.blocks] == [objection]
    assert [issue.text for issue in preflight_panel.warnings] == ([] if once else [clash])


def test_a_planned_install_leads_back_to_its_form(
    team: Team, target: Target, first: Application, operator: User
) -> None:
    version = released(template(team), "1.0", by_parameter(WEB_AND_DB))
    client, url = SignedIn(operator), reverse("upgrades:install", args=[version.template.slug])
    data = {"name": "Second", "target": target.pk, "ports": target.pk, "value:WEB_PORT": "8080"}
    page = text_of(client.post(url, {**data, "again": "yes"}))
    assert CLASH not in page, "the free one is filled in"
    page = text_of(client.get(location(client.post(url, data))))
    record = UpgradeRecord.objects.get(status="planned")
    assert f"{url}?version=1.0&amp;plan={record.pk}#id_value:WEB_PORT" in panel(page)


def test_the_install_form_takes_the_free_port(team: Team, target: Target, first: Application, operator: User) -> None:
    version = released(template(team), "1.0", by_parameter(WEB_AND_DB))
    client, url = SignedIn(operator), reverse("upgrades:install", args=[version.template.slug])
    data = {"name": "", "target": target.pk, "ports": target.pk, "value:WEB_PORT": "8080"}
    page = text_of(client.post(url, data))
    assert 'href="#id_value:WEB_PORT"' in panel(page)
    button = re.search(r'name="again" value="(value:WEB_PORT=\d+)"', page)
    assert button is not None
    page = text_of(client.post(url, {**data, "name": "Mine", "again": button[1]}))
    assert 'value="8081"' in page
    assert 'value="Mine"' in page
    assert "no port of it is taken on" in panel(page)
    assert not UpgradeRecord.objects.filter(status="planned").exists()


def test_answers_count_when_the_target_is_asked(team: Team, target: Target, operator: User) -> None:
    version = second(team, target, WEB_AND_DB)
    newest = released(version.template, "1.2", by_parameter(WEB_AND_DB))
    installed(
        released(template(team, "third"), "1.0", changed(WEB_AND_DB, "web", ports={"1/tcp": {"9000": {}}})), target
    )
    copy, client = Application.objects.get(slug="second"), SignedIn(operator)
    url = f"{reverse('upgrades:preflight', args=[copy.slug])}?kind=upgrade&to={newest.version}"
    assert CLEAR in text_of(client.post(url, {"value:WEB_PORT": "8080"}, headers=HTMX))
    assert "web publishes 9000/tcp" in text_of(client.post(url, {"value:WEB_PORT": "9000"}, headers=HTMX))
    assert not UpgradeRecord.objects.filter(status="planned").exists()
    assert "WEB_PORT" not in given_values(fresh(copy))


def test_who_may_take_a_port_and_what_is_none(
    team: Team, target: Target, first: Application, operator: User, viewer: User, stranger: User
) -> None:
    second(team, target, WEB_AND_DB)
    copy = Application.objects.get(slug="second")
    page = text_of(SignedIn(viewer).get(details(copy)))
    assert CLASH in panel(page)
    assert "Take" not in panel(page)
    assert "Change the ports" not in panel(page), "a page that viewers may not see"
    url, data = reverse("upgrades:take-port", args=[copy.slug]), {"at": "web 8000/tcp 8080"}
    assert SignedIn(viewer).post(f"{url}?port=8081", data).status_code == 403
    assert SignedIn(stranger).post(f"{url}?port=8081", data).status_code == 404
    client = SignedIn(operator)
    assert client.get(url).status_code == 405
    for wrong in ("0", "70000", "x", ""):
        assert "is no port" in text_of(client.post(f"{url}?port={wrong}", data, follow=True))
    assert "not published like that any more" in text_of(client.post(f"{url}?port=8081", {"at": "web"}, follow=True))
    away = client.post(f"{url}?port=8081&next=https://elsewhere.example/", data)
    assert location(away) == reverse("upgrades:manage", args=[copy.slug])


def test_what_blocks_is_in_the_panel_and_the_target_is_not_asked(team: Team, target: Target, operator: User) -> None:
    version = second(team, target, WEB_AND_DB)
    released(version.template, "1.2", changed(WEB_AND_DB, "web", depends_on={"nobody": {}}))
    page = text_of(SignedIn(operator).get(details(Application.objects.get(slug="second"), "1.2")))
    assert "web, dependency on nobody: there is no component nobody" in panel(page)
    assert "preflight" not in panel(page)
    assert CLEAR not in page
