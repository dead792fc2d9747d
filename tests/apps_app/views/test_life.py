"""Start, stop, restart, logs and the state while looked at: operators do, viewers see, strangers must not know."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from apps_app.drivers.base import DriverError
from apps_app.drivers.memory import MemoryDriver
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Busy, Observation
from config.accounts.models import AuditEntry, Team, User
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB
from tests.upgrades_app.road import fresh, git_target, installed, memory_target, released, template

pytestmark = pytest.mark.django_db
PASSWORD = "hunter2-very-secret"


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


@pytest.fixture
def shop(team: Team, name: str) -> Application:
    application = installed(released(template(team), "1.0", WEB_AND_DB), memory_target(team, name))
    target_in_memory(name).verbs.clear()
    return application


def power(shop: Application, verb: str, key: str = "") -> str:
    if key:
        return reverse("apps:component-power", args=[shop.slug, key, verb])
    return reverse("apps:power", args=[shop.slug, verb])


def done(name: str) -> list[tuple[str, str]]:
    return [(verb, key) for verb, key in target_in_memory(name).done("start", "stop", "restart")]


def test_what_is_needed_starts_first_and_stops_last(shop: Application, operator: User, name: str) -> None:
    client = SignedIn(operator)
    for verb in ("stop", "start", "restart"):
        assert client.post(power(shop, verb)).status_code == 302
    assert done(name) == [
        ("stop", "web"),
        ("stop", "db"),
        ("start", "db"),
        ("start", "web"),
        ("restart", "db"),
        ("restart", "web"),
    ]


def test_one_is_stopped_and_the_page_says_so(shop: Application, operator: User, name: str) -> None:
    client = SignedIn(operator)
    page = client.post(power(shop, "stop", "web"), follow=True).content.decode()
    assert "web: stopped." in page
    assert done(name) == [("stop", "web")]
    assert Observation.objects.get(component__key="web").health == "stopped"
    assert power(shop, "start", "web") in page
    assert power(shop, "stop", "web") not in page
    entry = AuditEntry.objects.filter(verb="stopped").get()
    assert (entry.label, entry.data) == (f"web of {shop}", {"components": ["web"]})


def test_it_is_asked_first_and_asking_changes_nothing(shop: Application, operator: User, name: str) -> None:
    page = SignedIn(operator).get(power(shop, "stop")).content.decode()
    assert f"Stop all of {shop}?" in page
    assert done(name) == []


def test_not_while_a_record_is_at_work(shop: Application, operator: User, name: str) -> None:
    Busy.objects.create(application=shop, record_id=1, label="Upgrade 1.0 → 1.1", url="/upgrades/1/", by="ada")
    page = SignedIn(operator).post(power(shop, "restart", "web"), follow=True).content.decode()
    assert "Upgrade 1.0 → 1.1 is at work" in page
    assert done(name) == []


def test_what_the_target_refuses_is_told_and_remembered(shop: Application, operator: User, name: str) -> None:
    target_in_memory(name).fail("stop", "db", message="the engine is gone; start it")
    page = SignedIn(operator).post(power(shop, "stop"), follow=True).content.decode()
    assert "the engine is gone; start it" in page
    entry = AuditEntry.objects.filter(verb="tried to stop").get()
    assert entry.data == {"components": ["web", "db"], "failed": "the engine is gone; start it"}


def test_a_target_that_starts_nothing_has_nothing_to_stop(team: Team, operator: User, tmp_path: Path) -> None:
    shop = installed(released(template(team), "1.0", WEB_AND_DB), git_target(team, tmp_path))
    page = SignedIn(operator).post(power(shop, "stop"), follow=True).content.decode()
    assert "is on no target that starts anything" in page
    assert power(shop, "stop") not in SignedIn(operator).get(shop.get_absolute_url()).content.decode()
    component = SignedIn(operator).get(reverse("apps:component", args=[shop.slug, "web"])).content.decode()
    assert "/logs/" not in component


def test_viewers_look_and_strangers_must_not_know(shop: Application, viewer: User, stranger: User, name: str) -> None:
    logs, state = reverse("apps:logs", args=[shop.slug, "web"]), reverse("apps:state", args=[shop.slug])
    assert SignedIn(viewer).post(power(shop, "stop")).status_code == 403
    assert SignedIn(stranger).post(power(shop, "stop", "web")).status_code == 404
    assert [SignedIn(viewer).get(url).status_code for url in (logs, state)] == [200, 200]
    assert [SignedIn(stranger).get(url).status_code for url in (logs, state)] == [404, 404]
    assert power(shop, "stop") not in SignedIn(viewer).get(state).content.decode()
    assert done(name) == []


@pytest.mark.parametrize("url", ["blow-up-all/", "components/web/blow-up-it/", "components/none/stop-it/"])
def test_there_is_nothing_else_to_do(shop: Application, operator: User, url: str) -> None:
    assert SignedIn(operator).post(f"{shop.get_absolute_url()}{url}").status_code == 404


def polled(client: SignedIn, url: str) -> tuple[int, str]:
    answer = client.get(url, headers={"HX-Request": "true"})
    assert "HX-Request" in answer["Vary"]
    return answer.status_code, answer.content.decode()


def test_the_topology_follows_the_target_and_writes_nothing(shop: Application, viewer: User, name: str) -> None:
    client, target = SignedIn(viewer), target_in_memory(name)
    page = client.get(shop.get_absolute_url()).content.decode()
    url = re.findall(r'hx-get="([^"]+/state/[^"]*)"', page)[0]
    status, first = polled(client, url)
    assert (status, "As the target shows it now" in first) == (200, True)
    url = re.findall(r'hx-get="([^"]+/state/[^"]*)"', first)[0]
    assert polled(client, url) == (204, "")
    remaining = list(Observation.objects.values())
    target.never_healthy("web")
    status, second = polled(client, url)
    assert status == 200
    assert "Unhealthy" in second
    assert "<html" not in second
    assert list(Observation.objects.values()) == remaining


def test_a_target_that_does_not_answer_leaves_what_was_seen_last(
    shop: Application, viewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*arguments: object) -> None:
        raise DriverError("the engine at unix:///x cannot be reached", permanent=False)

    monkeypatch.setattr(MemoryDriver, "read", gone)
    status, part = polled(SignedIn(viewer), reverse("apps:state", args=[shop.slug]))
    assert status == 200
    assert "The target does not answer: this is as it was seen" in part
    assert "the engine at unix:///x cannot be reached" in part
    assert "Healthy" in part
    assert "every 3s" in part


def test_logs_are_live_and_can_be_had_as_a_file(shop: Application, viewer: User, operator: User, name: str) -> None:
    SignedIn(operator).post(power(shop, "restart", "web"))
    client, url = SignedIn(viewer), reverse("apps:logs", args=[shop.slug, "web"])
    page = client.get(url).content.decode()
    assert "restart web" in page
    poll = re.findall(r'hx-get="([^"]+)"', page)[0].replace("&amp;", "&")
    assert polled(client, poll) == (204, "")
    SignedIn(operator).post(power(shop, "stop", "web"))
    status, part = polled(client, poll)
    assert (status, "stop web" in part, "<html" in part) == (200, True, False)
    file = client.get(url, {"download": ""})
    assert file["Content-Type"] == "text/plain; charset=utf-8"
    assert file["Content-Disposition"] == f'attachment; filename="{shop.slug}-web.log"'
    assert file.content.decode() == "restart web\nstop web\n"


def test_a_secret_that_a_program_tells_is_not_shown(
    shop: Application, viewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh(shop).values.update_or_create(name="TOKEN", defaults={"secret": True, "desired": PASSWORD})
    monkeypatch.setattr(MemoryDriver, "logs", lambda *_: iter([f"connecting with {PASSWORD}", "ready"]))
    page = SignedIn(viewer).get(reverse("apps:logs", args=[shop.slug, "web"])).content.decode()
    assert PASSWORD not in page
    assert "connecting with ••" in page
