"""The main job by the pages alone: install, edit, upgrade, complete, and back again."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.models import Application, Target
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.views.pages import confirmed, details, edited, post, text_of
from upgrades_app.actions.execute_upgrade import run
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


def through(client: Client, kind: str) -> str:
    """Confirms the newest plan of the kind, lets it run, and reads its page."""
    record = UpgradeRecord.objects.filter(kind=kind, status="planned").latest("pk")
    confirmed(client, record)
    run(record.pk)
    return text_of(client.get(record.get_absolute_url()))


def test_from_the_catalogue_to_upgrade_complete_and_back(
    operator: User, version_1_0: TemplateVersion, two: TemplateVersion, target: Target, tmp_path: Path
) -> None:
    client = SignedIn(operator)
    url = f"{reverse('upgrades:install', args=['shop'])}?version=1.0"
    client.post(url, {"name": "Shop copy", "target": target.pk, "value:WORKERS": "2"})
    assert "Install complete" in through(client, "install")
    application = Application.objects.get(slug="shop-copy")

    environment = {**application.desired_spec().components["web"].env, "LOG_LEVEL": "debug"}
    edited(application, "web", env=environment)
    post(client, reverse("upgrades:changes", args=["shop-copy"]))
    assert "Changes applied" in through(client, "change")

    page = text_of(client.get(details(application)))
    assert "Yours, kept" in page
    post(client, details(application))
    page = through(client, "upgrade")
    assert "Upgrade complete" in page
    assert reverse("apps:topology", args=["shop-copy"]) in page
    files = (tmp_path / "repository" / "shop-copy" / "compose.yaml").read_text()
    assert "redis:8" in files
    assert "LOG_LEVEL" in files
    assert "OLD_CACHE_DIR" not in files

    post(client, reverse("upgrades:rollback", args=["shop-copy"]) + "?to=1.0")
    assert "Go-back complete" in through(client, "rollback")
    files = (tmp_path / "repository" / "shop-copy" / "compose.yaml").read_text()
    assert "redis" not in files
    assert "LOG_LEVEL" in files
