"""Where published ports are reached: on targets that run, by whoever can get there."""

import pytest
from django.urls import reverse

from apps_app.models import Application, Target
from apps_app.presenters.published_urls import Place, place_of, reached
from config.accounts.models import Team, User
from tests.conftest import SignedIn
from tests.factories import TargetFactory, application
from tests.specs import WEB_AND_DB, changed

PORTS: dict[str, dict[str, dict[str, str]]] = {
    "80/tcp": {"8080": {}, "127.0.0.1:8081": {}, "192.0.2.7:8082": {}, "[::1]:8083": {}, "": {}, "9000-9002": {}},
    "443/tcp": {"0.0.0.0:443": {}},
    "53/udp": {"53": {}},
    "6379/tcp": {},
}
SPEC = changed(WEB_AND_DB, "web", ports=PORTS)


def told(place: Place) -> dict[str, str]:
    return {
        port_view.text: port_view.url or port_view.note for port_view in reached(SPEC.components["web"], place).values()
    }


def test_tcp_ports_are_links_and_what_only_that_machine_reaches_is_said() -> None:
    assert told(Place("engine.example", here=False)) == {
        "8080 → 80/tcp": "http://engine.example:8080/",
        "127.0.0.1:8081 → 80/tcp": "on engine.example only",
        "192.0.2.7:8082 → 80/tcp": "http://192.0.2.7:8082/",
        "[::1]:8083 → 80/tcp": "on engine.example only",
        "0.0.0.0:443 → 443/tcp": "https://engine.example:443/",
    }


def test_at_the_machine_itself_its_own_addresses_are_links_too() -> None:
    assert told(Place("127.0.0.1", here=True))["127.0.0.1:8081 → 80/tcp"] == "http://127.0.0.1:8081/"


def test_an_address_of_version_six_stands_in_brackets() -> None:
    assert told(Place("2001:db8::1", here=False))["8080 → 80/tcp"] == "http://[2001:db8::1]:8080/"


@pytest.mark.parametrize(
    ("kind", "config", "asked", "place"),
    [
        ("docker", {}, "console.example:8000", Place("console.example", here=False)),
        ("docker", {}, "localhost:8000", Place("localhost", here=True)),
        ("docker", {"address": "unix:///run/docker.sock"}, "[::1]:8000", Place("::1", here=True)),
        ("docker", {"address": "tcp://engine.example:2376"}, "localhost", Place("engine.example", here=False)),
        ("docker", {"address": "ssh://ada@engine.example"}, "localhost", Place("engine.example", here=False)),
        ("git", {"path": "files"}, "localhost", None),
    ],
)
def test_a_socket_is_where_the_console_is(kind: str, config: dict[str, str], asked: str, place: Place | None) -> None:
    assert place_of(Application(target=Target(kind=kind, config=config)), asked) == place


def test_a_source_is_nowhere() -> None:
    assert place_of(Application(), "localhost") is None


def running(team: Team, kind: str) -> Application:
    config = {"docker": {"address": "tcp://engine.example:2376"}, "git": {"path": "files"}}[kind]
    target = TargetFactory.create(team=team, kind=kind, config=config)
    spec = changed(SPEC, "web", ports={**PORTS, "80/tcp": {**PORTS["80/tcp"], "8090": {}}})
    return application(spec, applied=SPEC, team=team, target=target, slug="shop")


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["topology", "components", "component"])
def test_pages_link_what_is_applied(page: str, team: Team, viewer: User) -> None:
    running(team, "docker")
    text = SignedIn(viewer).get(reverse(f"apps:{page}", args=["shop", "web"][: 1 + (page == "component")])).text
    assert 'href="http://engine.example:8080/"' in text
    assert "on engine.example only" in text
    assert "engine.example:8090" not in text
    assert "engine.example:53" not in text


@pytest.mark.django_db
def test_a_target_that_starts_nothing_has_no_links(team: Team, viewer: User) -> None:
    running(team, "git")
    for name, args in (("topology", ["shop"]), ("component", ["shop", "web"])):
        assert ":8080/" not in SignedIn(viewer).get(reverse(f"apps:{name}", args=args)).text
