"""Preflight checks is said in one place, with the way out of it: where to mend it, and a free port to take."""

import re
from html import unescape

import pytest
from django.urls import reverse

from apps_app.drivers.issues import Holder, HolderKind, IssueCode, PreflightIssue
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Target
from apps_app.presenters.preflight_messages import describe_issue
from apps_app.queries.rendered_spec import get_set_values
from config.accounts.models import Team, User
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_spec
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB, changed
from tests.upgrades_app.upgrade_helpers import carried_out, fresh, installed, memory_target, released, template
from tests.upgrades_app.views.pages import HTMX, details, location, planned, post, text_of
from upgrades_app.engine.execution.preflight import PreflightResult
from upgrades_app.models import UpgradeRecord
from upgrades_app.presenters.preflight_panel import PanelIssue, PreflightPanel

pytestmark = pytest.mark.django_db
CLASH = "Port 8080/tcp on web conflicts with application First (web)"
CLEAR = "All checks passed."


def by_parameter(before: AppSpec) -> AppSpec:
    web: dict[str, object] = {**before.components["web"].plain, "ports": {"8000/tcp": {"${WEB_PORT}": {}}}}
    return parse_spec(
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
    result = re.findall(r'<section class="card preflight".*?</section>', page)
    assert len(result) == 1, page
    return str(result[0])


def take(page: str) -> tuple[str, dict[str, str]]:
    """What the button to take a free port posts, and where to."""
    match = re.search(r'<form method="post" action="([^"]*port/[^"]*)">.*?name="port_id" value="([^"]*)"', page)
    assert match is not None, page
    return unescape(match[1]), {"port_id": unescape(match[2])}


def calls(client: SignedIn, page: str) -> str:
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
    for part in (panel(page), calls(client, page)):
        assert CLASH in part
        assert CLEAR not in part
        assert "Use port 8081" in part
        assert ("settings/values/#id_value-WEB_PORT" if parameter else "components/web/edit/#ports-title") in part
    action, data = take(page)
    answer = client.post(action, data)
    assert location(answer) == details(copy)
    page = text_of(client.get(details(copy)))
    assert CLASH not in page
    assert CLEAR in calls(client, page)
    assert UpgradeRecord.objects.filter(status="planned").count() == 0

    post(client, details(copy))
    assert carried_out(UpgradeRecord.objects.get(status="planned")).succeeded
    copy = fresh(copy)
    web = copy.applied_spec().components["web"]
    assert (get_set_values(copy).get("WEB_PORT"), list(web.ports["8000/tcp"])) == (
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
        assert "Use port 8081" in panel(page)
        assert CLEAR not in calls(client, page)
    action, data = take(text_of(client.get(reverse("upgrades:confirm", args=[record.pk]))))
    assert location(client.post(action, data)) == details(copy)


def test_what_the_target_says_of_the_same_port_is_said_once(
    team: Team, target: Target, first: Application, operator: User
) -> None:
    second(team, target, WEB_AND_DB)
    holder = Holder(HolderKind.CONTAINER, "first-web-1")
    issue = PreflightIssue(IssueCode.PORT_CONFLICT, component="web", resource="8080/tcp", holder=holder)
    target_in_memory(str(target.config["name"])).errors["web"] = issue
    literal = describe_issue(issue)
    client = SignedIn(operator)
    part = calls(client, text_of(client.get(details(Application.objects.get(slug="second")))))
    assert literal in part
    assert CLASH not in part
    assert "Use port 8081" in part
    assert "cannot start until this is resolved" in part


def _conflict(component: str, resource: str) -> PreflightIssue:
    return PreflightIssue(IssueCode.PORT_CONFLICT, component=component, resource=resource)


@pytest.mark.parametrize(
    ("known", "reported", "is_same"),
    [
        (_conflict("web", "8080/tcp"), _conflict("web", "8080/tcp"), True),
        (_conflict("web", "127.0.0.1:8080/tcp"), _conflict("web", "8080/tcp"), True),
        (_conflict("web", "[::1]:8080/tcp"), _conflict("web", "8080/tcp"), True),
        (_conflict("web", "18080/tcp"), _conflict("web", "8080/tcp"), False),
        (_conflict("dns", "53/tcp"), _conflict("dns", "53/udp"), False),
        (_conflict("db", "8080/tcp"), _conflict("web", "8080/tcp"), False),
        (_conflict("web", "8080/tcp"), PreflightIssue(IssueCode.NAME_CONFLICT, resource="8080/tcp"), False),
    ],
)
def test_a_port_conflict_is_shown_once(known: PreflightIssue, reported: PreflightIssue, *, is_same: bool) -> None:
    panel = PreflightPanel("engine", "the upgrade", warnings=(PanelIssue("Known", issue=known),))
    merged = panel.with_result(PreflightResult((reported,)))
    assert [issue.issue for issue in merged.blocks] == [reported]
    assert [issue.text for issue in merged.warnings] == ([] if is_same else ["Known"])


def test_a_planned_install_leads_back_to_its_form(
    team: Team, target: Target, first: Application, operator: User
) -> None:
    version = released(template(team), "1.0", by_parameter(WEB_AND_DB))
    client, url = SignedIn(operator), reverse("upgrades:install", args=[version.template.slug])
    data = {"name": "Second", "target": target.pk, "ports": target.pk, "value:WEB_PORT": "8080"}
    page = text_of(client.post(url, {**data, "refresh": "yes"}))
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
    button = re.search(r'name="refresh" value="(value:WEB_PORT=\d+)"', page)
    assert button is not None
    page = text_of(client.post(url, {**data, "name": "Mine", "refresh": button[1]}))
    assert 'value="8081"' in page
    assert 'value="Mine"' in page
    assert "port conflicts are known on" in panel(page)
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
    assert "Port 9000/tcp on web conflicts" in text_of(client.post(url, {"value:WEB_PORT": "9000"}, headers=HTMX))
    assert not UpgradeRecord.objects.filter(status="planned").exists()
    assert "WEB_PORT" not in get_set_values(fresh(copy))


def test_who_may_take_a_port_and_what_is_none(
    team: Team, target: Target, first: Application, operator: User, viewer: User, stranger: User
) -> None:
    second(team, target, WEB_AND_DB)
    copy = Application.objects.get(slug="second")
    page = text_of(SignedIn(viewer).get(details(copy)))
    assert CLASH in panel(page)
    assert "Take" not in panel(page)
    assert "Change the ports" not in panel(page), "a page that viewers may not see"
    url, data = reverse("upgrades:remap-port", args=[copy.slug]), {"port_id": "web 8000/tcp 8080"}
    assert SignedIn(viewer).post(f"{url}?port=8081", data).status_code == 403
    assert SignedIn(stranger).post(f"{url}?port=8081", data).status_code == 404
    client = SignedIn(operator)
    assert client.get(url).status_code == 405
    for wrong in ("0", "70000", "x", ""):
        assert "is not a valid port" in text_of(client.post(f"{url}?port={wrong}", data, follow=True))
    assert "no longer published" in text_of(client.post(f"{url}?port=8081", {"port_id": "web"}, follow=True))
    away = client.post(f"{url}?port=8081&next=https://elsewhere.example/", data)
    assert location(away) == reverse("upgrades:manage", args=[copy.slug])


def test_what_blocks_is_in_the_panel_and_the_target_is_not_asked(team: Team, target: Target, operator: User) -> None:
    version = second(team, target, WEB_AND_DB)
    released(version.template, "1.2", changed(WEB_AND_DB, "web", depends_on={"nobody": {}}))
    page = text_of(SignedIn(operator).get(details(Application.objects.get(slug="second"), "1.2")))
    assert "dependency on nobody: unknown component nobody</div> <a" in panel(page)
    assert "/preflight/" not in panel(page)
    assert CLEAR not in page
