"""Two installations of a template that names a port itself, on one engine."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from apps_app.models import Application, Target
from config.accounts.models import Team, User
from tests.apps_app.drivers.docker import engines
from tests.apps_app.drivers.docker.yard import document, free_port
from tests.conftest import SignedIn
from tests.specs import changed
from tests.upgrades_app.road import carried_out, fresh, installed, released, template, upgraded
from tests.upgrades_app.views.pages import location, text_of
from upgrades_app.models import UpgradeRecord

pytestmark = [pytest.mark.docker, pytest.mark.django_db]
SLUGS = ("side-first", "side-second")


def published(slug: str) -> dict[str, list[int]]:
    """The host ports of what runs, by component."""
    result = engines.api().containers(filters={"label": [f"uplift.slug={slug}"]})
    return {
        item["Labels"]["uplift.key"]: sorted({port["PublicPort"] for port in item["Ports"] if "PublicPort" in port})
        for item in result
    }


@pytest.fixture
def engine(team: Team) -> Iterator[Target]:
    yield Target.objects.create(team=team, slug="engine", kind="docker", config={"address": engines.address()})
    for slug in SLUGS:
        engines.clear(f"uplift.slug={slug}")


def test_the_second_takes_the_free_port_and_an_upgrade_keeps_it(team: Team, engine: Target, operator: User) -> None:
    port, shop = free_port(), template(team)
    spec = document(port)
    version, next_version = (
        released(shop, "1.0", spec),
        released(shop, "1.1", changed(spec, "web", stop={"grace": "2s"})),
    )
    installed(version, engine, name="Side first")
    client, url = SignedIn(operator), f"{reverse('upgrades:install', args=[shop.slug])}?version=1.0"

    page = text_of(client.get(url))
    assert f"{port} is taken there by web of Side first" in page
    name, _, rest = page.partition(' name="port:')[2].partition('" value="')
    other = int(rest.partition('"')[0])
    data = {"name": "Side second", "target": engine.pk, "ports": engine.pk, f"port:{name}": other}
    record = UpgradeRecord.objects.get(pk=location(client.post(url, data)).split("/")[-3])
    assert carried_out(record).succeeded
    assert (published("side-first")["web"], published("side-second")["web"]) == ([port], [other])

    second = fresh(Application.objects.get(slug="side-second"))
    assert upgraded(second, next_version).succeeded
    assert fresh(second).installation.version == next_version
    assert (published("side-first")["web"], published("side-second")["web"]) == ([port], [other])
