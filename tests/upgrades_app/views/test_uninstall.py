"""Uninstalling by its page: what goes, what is kept, and afterwards."""

import re
from typing import Any

import pytest
from django.urls import reverse

from apps_app.models import Application, Target
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.road import carried_out, fresh, installed
from tests.upgrades_app.views.pages import HTMX, location, post, text_of
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


def page_of(application: Application) -> str:
    return reverse("upgrades:uninstall", args=[application.slug])


def without_token(answer: Any) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value=)"[^"]*"', r"\1", text_of(answer))


def test_three_people(operator: User, viewer: User, stranger: User, copy: Application) -> None:
    assert SignedIn(operator).get(page_of(copy)).status_code == 200
    assert SignedIn(viewer).get(page_of(copy)).status_code == 403
    assert SignedIn(viewer).post(page_of(copy)).status_code == 403
    assert SignedIn(stranger).get(page_of(copy)).status_code == 404


def test_by_the_road_and_afterwards(
    operator: User, version_1_0: TemplateVersion, copy: Application, target: Target
) -> None:
    installed(version_1_0, target, "Neighbour with the same port")
    client = SignedIn(operator)
    assert page_of(copy) in text_of(client.get(reverse("apps:settings", args=[copy.slug])))
    shown = text_of(client.get(page_of(copy)))
    assert "<b>2</b> removed" in shown
    assert "What is set up here stays" in shown

    confirm = location(post(client, page_of(copy)))
    record = UpgradeRecord.objects.get(kind="uninstall")
    requested = text_of(client.get(confirm))
    assert "Uninstall Copy?" in requested
    assert "publishes" not in requested
    assert f'href="{page_of(copy)}"' in requested
    carried_out(record)

    assert fresh(copy).target.driver().read(copy.placement) == {}  # type: ignore[union-attr]  # it has one
    assert "Uninstall complete" in text_of(client.get(record.get_absolute_url()))
    assert "Nothing to uninstall" in text_of(client.get(page_of(copy)))
    assert page_of(copy) not in text_of(client.get(reverse("apps:settings", args=[copy.slug])))
    assert "Nothing of it is on its target" in text_of(client.get(reverse("upgrades:manage", args=[copy.slug])))
    assert "Nothing of Copy is on files." in text_of(client.get(copy.get_absolute_url()))
    waiting = text_of(client.get(reverse("upgrades:changes", args=[copy.slug])))
    assert "<b>2</b> new" in waiting
    assert "Discard" not in waiting, "there is nothing to go back to"


def test_page_and_fragment_are_twins(operator: User, copy: Application) -> None:
    part, page = (without_token(SignedIn(operator).get(page_of(copy), headers=items)) for items in (HTMX, {}))
    assert part in page
    assert "<!doctype" not in part
