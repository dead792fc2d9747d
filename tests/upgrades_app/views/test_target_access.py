"""A target may take its time to answer: nothing is locked meanwhile, and nobody else waits."""

import pytest
from django.db import connection
from django.urls import reverse

from apps_app.drivers.base import Driver
from apps_app.models import Target
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.upgrade_helpers import installed
from tests.upgrades_app.views.pages import confirmed, edited, location, post
from upgrades_app.actions.execute_upgrade import execute_upgrade
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether a transaction was open, each time that a target was asked."""
    times: list[bool] = []
    real = Target.open_driver

    def driver(self: Target) -> Driver:
        times.append(connection.in_atomic_block)
        return real(self)

    monkeypatch.setattr(Target, "open_driver", driver)
    return times


def newest() -> UpgradeRecord:
    return UpgradeRecord.objects.newest_first()[0]


def test_installing_planning_again_and_confirming(
    operator: User, version: TemplateVersion, target: Target, calls: list[bool]
) -> None:
    client, url = SignedIn(operator), reverse("upgrades:install", args=[version.template.slug])
    form = {"name": "Copy", "target": target.pk, "ports": target.pk}
    client.post(url, form)
    client.post(f"{url}?plan={newest().pk}", form)
    assert UpgradeRecord.objects.filter(status="discarded").exists()

    confirmed(client, newest())
    assert execute_upgrade(newest().pk).succeeded
    assert calls
    assert not any(calls)


@pytest.mark.parametrize("method", ["details", "changes", "uninstall", "copy"])
def test_the_other_ways(
    operator: User,
    version: TemplateVersion,
    next_version: TemplateVersion,
    target: Target,
    calls: list[bool],
    method: str,
) -> None:
    application = edited(installed(version, target), "web", image="nginx:9")
    calls.clear()
    client, url = SignedIn(operator), reverse(f"upgrades:{method}", args=[application.slug])
    form = {"name": "Second", "team": target.team_id, "target": target.pk, "what": "keep", "secrets": "copied"}
    form |= {"ports": target.pk, "port-0": 18080}
    answer = client.post(url, form) if method == "copy" else post(client, url)
    assert "/confirm/" in location(answer)
    confirmed(client, newest())
    assert newest().status == "queued"
    assert calls
    assert not any(calls)
