"""One component's page asks the target how it is, and changes nothing by asking."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from apps_app.drivers.base import DriverError
from apps_app.drivers.memory import MemoryDriver, MemoryTarget
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Observation
from config.accounts.models import Team, User
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB
from tests.upgrades_app.road import git_target, installed, memory_target, released, template
from tests.upgrades_app.views.pages import HTMX, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


@pytest.fixture
def shop(team: Team, name: str) -> Application:
    return installed(released(template(team), "1.0", WEB_AND_DB), memory_target(team, name))


@pytest.fixture
def target(name: str) -> MemoryTarget:
    return target_in_memory(name)


def page(application: Application, key: str = "web") -> str:
    return reverse("apps:component", args=[application.slug, key])


def state(application: Application, key: str = "web") -> str:
    return reverse("apps:component-state", args=[application.slug, key])


def polled(html: str) -> str:
    """The address that the page asks."""
    match = re.search(r'hx-get="([^"]+)" hx-trigger', html)
    assert match is not None, html
    return match[1]


def test_the_page_shows_what_was_seen_last_and_asks_at_once(shop: Application, viewer: User) -> None:
    html = text_of(SignedIn(viewer).get(page(shop)))
    assert "Healthy" in html
    assert "As memory was seen" in html
    assert polled(html).startswith(state(shop))
    assert 'hx-trigger="load, every 3s"' in html


def test_the_part_shows_what_the_target_says_now(shop: Application, viewer: User, target: MemoryTarget) -> None:
    target.never_healthy("web")
    part = text_of(SignedIn(viewer).get(state(shop), headers=HTMX))
    assert part.startswith('<div id="state"')
    assert 'id="component-state" hx-swap-oob="true"' in part
    assert "Unhealthy" in part
    assert "Asked of memory just now." in part
    assert Observation.objects.get(component__application=shop, component__key="web").health == "healthy"


def test_without_javascript_it_is_a_whole_page(shop: Application, viewer: User, target: MemoryTarget) -> None:
    target.never_healthy("web")
    html = text_of(SignedIn(viewer).get(state(shop)))
    assert "<title>web · Copy" in html
    assert "Unhealthy" in html
    assert "hx-swap-oob" not in html.partition('id="state"')[2].partition("</main>")[0]
    assert f'<a href="{state(shop)}">Ask again</a>' in html


def test_nothing_new_is_no_answer(shop: Application, viewer: User, target: MemoryTarget) -> None:
    client = SignedIn(viewer)
    url = polled(text_of(client.get(state(shop))))
    assert client.get(url, headers=HTMX).status_code == 204
    target.never_healthy("web")
    assert client.get(url, headers=HTMX).status_code == 200


def test_a_target_that_does_not_answer_leaves_what_was_seen(
    shop: Application, viewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DriverError("the engine is away", permanent=False)

    monkeypatch.setattr(MemoryDriver, "read", fail)
    html = text_of(SignedIn(viewer).get(state(shop)))
    assert "The target does not answer" in html
    assert "the engine is away" in html
    assert "Healthy" in html


def test_what_was_stopped_there_is_told_apart_from_what_was_stopped_here(
    shop: Application, operator: User, target: MemoryTarget
) -> None:
    client, message = SignedIn(operator), "was stopped on the target, and not from here"
    target.placed[str(shop.uid)].stopped.add("web")
    assert message in text_of(client.get(state(shop)))
    client.post(reverse("apps:component-power", args=[shop.slug, "web", "start"]))
    assert message not in text_of(client.get(state(shop)))
    client.post(reverse("apps:component-power", args=[shop.slug, "web", "stop"]))
    html = text_of(client.get(state(shop)))
    assert "Stopped" in html
    assert message not in html


def test_what_runs_again_is_shown_to_run(shop: Application, operator: User, target: MemoryTarget) -> None:
    """It was stopped from here, and started on the target."""
    client = SignedIn(operator)
    client.post(reverse("apps:component-power", args=[shop.slug, "web", "stop"]))
    target.placed[str(shop.uid)].stopped.clear()
    assert "Healthy" in text_of(client.get(state(shop)))


def test_what_is_gone_is_put_back_and_not_restarted(shop: Application, operator: User, target: MemoryTarget) -> None:
    target.take_away(str(shop.uid), "web")
    html = text_of(SignedIn(operator).get(state(shop)))
    assert "web is not on the target any more." in html
    assert reverse("upgrades:put-back", args=[shop.slug, "web"]) in html
    assert reverse("apps:component-power", args=[shop.slug, "web", "restart"]) not in html
    topology = text_of(SignedIn(operator).get(reverse("apps:state", args=[shop.slug])))
    assert "web is not on the target any more." in topology


def test_a_repository_is_asked_once(team: Team, viewer: User, tmp_path: Path) -> None:
    written = installed(released(template(team), "1.0", WEB_AND_DB), git_target(team, tmp_path))
    client = SignedIn(viewer)
    assert 'hx-trigger="load"' in text_of(client.get(page(written)))
    assert "hx-trigger" not in text_of(client.get(state(written), headers=HTMX))


def test_a_repository_is_asked_for_the_topology_too(team: Team, viewer: User, tmp_path: Path) -> None:
    written = installed(released(template(team), "1.0", WEB_AND_DB), git_target(team, tmp_path))
    document = tmp_path / "repository" / written.slug / "compose.yaml"
    document.write_text(document.read_text().replace("postgres:17", "postgres:16"))
    client = SignedIn(viewer)
    assert 'hx-trigger="load"' in text_of(client.get(reverse("apps:topology", args=[written.slug])))
    part = text_of(client.get(reverse("apps:state", args=[written.slug]), headers=HTMX))
    assert "db was changed on the target since it was applied." in part
    assert "hx-trigger" not in part


def test_a_stranger_is_told_nothing(shop: Application, stranger: User) -> None:
    assert SignedIn(stranger).get(state(shop)).status_code == 404
    assert SignedIn(stranger).get(state(shop, "nothing")).status_code == 404
