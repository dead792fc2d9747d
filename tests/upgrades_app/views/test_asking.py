"""A target may take its time to answer: nothing is locked meanwhile, and nobody else waits."""

import pytest
from django.db import connection
from django.urls import reverse

from apps_app.drivers.base import Driver
from apps_app.models import Target
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.road import installed
from tests.upgrades_app.views.pages import confirmed, edited, location, post
from upgrades_app.actions.execute_upgrade import run
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether a transaction was open, each time that a target was asked."""
    times: list[bool] = []
    real = Target.driver

    def driver(self: Target) -> Driver:
        times.append(connection.in_atomic_block)
        return real(self)

    monkeypatch.setattr(Target, "driver", driver)
    return times


def newest() -> UpgradeRecord:
    return UpgradeRecord.objects.newest_first()[0]


def test_installing_planning_again_and_confirming(
    operator: User, version_1_0: TemplateVersion, target: Target, asked: list[bool]
) -> None:
    client, url = SignedIn(operator), reverse("upgrades:install", args=[version_1_0.template.slug])
    form = {"name": "Copy", "target": target.pk, "ports": target.pk}
    client.post(url, form)
    client.post(f"{url}?plan={newest().pk}", form)
    assert UpgradeRecord.objects.filter(status="discarded").exists()

    confirmed(client, newest())
    assert run(newest().pk).succeeded
    assert asked
    assert not any(asked)


@pytest.mark.parametrize("way", ["details", "changes", "uninstall", "copy"])
def test_the_other_ways(
    operator: User, version_1_0: TemplateVersion, two: TemplateVersion, target: Target, asked: list[bool], way: str
) -> None:
    application = edited(installed(version_1_0, target), "web", image="nginx:9")
    asked.clear()
    client, url = SignedIn(operator), reverse(f"upgrades:{way}", args=[application.slug])
    form = {"name": "Second", "team": target.team_id, "target": target.pk, "what": "keep", "secrets": "copied"}
    form |= {"ports": target.pk, "port-0": 18080}
    answer = client.post(url, form) if way == "copy" else post(client, url)
    assert "/confirm/" in location(answer)
    confirmed(client, newest())
    assert newest().status == "queued"
    assert asked
    assert not any(asked)
