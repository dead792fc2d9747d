"""The admin shows records and changes what has ended never."""

import pytest
from django.urls import reverse

from apps_app.models import Application
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.road import upgraded
from tests.upgrades_app.views.pages import planned, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", ["upgraderecord", "upgradestep", "upgradeevent"])
def test_lists(model: str, superuser: User, copy: Application, two: TemplateVersion) -> None:
    upgraded(copy, two)

    page = SignedIn(superuser).get(reverse(f"admin:upgrades_app_{model}_changelist"), {"q": "Copy"})

    assert page.status_code == 200
    assert "Copy" in text_of(page)


def test_what_ended_is_read_only_and_shows_no_value(superuser: User, copy: Application, two: TemplateVersion) -> None:
    record = upgraded(copy, two)
    url = reverse("admin:upgrades_app_upgraderecord_change", args=[record.pk])
    client = SignedIn(superuser)

    page = text_of(client.get(url))

    assert 'name="reason"' not in page
    assert "values_after" not in page.lower().replace(" ", "_")
    assert client.post(url, {"reason": "another"}).status_code == 403


def test_a_plans_reason_can_be_mended(superuser: User, copy: Application, two: TemplateVersion) -> None:
    record = planned(copy, two)
    url = reverse("admin:upgrades_app_upgraderecord_change", args=[record.pk])

    assert 'name="reason"' in text_of(SignedIn(superuser).get(url))
