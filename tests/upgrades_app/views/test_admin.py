"""The admin shows records and changes what has ended never."""

import pytest
from django.urls import reverse

from apps_app.models import Application
from config.accounts.models import AuditEntry, User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.upgrade_helpers import ADA, upgraded
from tests.upgrades_app.views.pages import planned, text_of
from upgrades_app.actions.confirm import confirm_plan
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", ["upgraderecord", "upgradestep", "upgradeevent"])
def test_lists(model: str, superuser: User, copy: Application, next_version: TemplateVersion) -> None:
    upgraded(copy, next_version)

    page = SignedIn(superuser).get(reverse(f"admin:upgrades_app_{model}_changelist"), {"q": "Copy"})

    assert page.status_code == 200
    assert "Copy" in text_of(page)


def test_what_ended_is_read_only_and_shows_no_value(
    superuser: User, copy: Application, next_version: TemplateVersion
) -> None:
    record = upgraded(copy, next_version)
    url = reverse("admin:upgrades_app_upgraderecord_change", args=[record.pk])
    client = SignedIn(superuser)

    page = text_of(client.get(url))

    assert 'name="reason"' not in page
    assert "values_after" not in page.lower().replace(" ", "_")
    assert client.post(url, {"reason": "another"}).status_code == 403


def test_a_plans_reason_can_be_mended(superuser: User, copy: Application, next_version: TemplateVersion) -> None:
    record = planned(copy, next_version)
    url = reverse("admin:upgrades_app_upgraderecord_change", args=[record.pk])

    assert 'name="reason"' in text_of(SignedIn(superuser).get(url))


def interrupt_url(record: UpgradeRecord) -> str:
    return reverse("admin:upgrades_app_upgraderecord_interrupt", args=[record.pk])


def test_a_stuck_record_is_marked_as_interrupted(
    superuser: User, copy: Application, next_version: TemplateVersion
) -> None:
    planned_one = planned(copy, next_version)
    record = confirm_plan(planned_one, ADA, digest=planned_one.digest)
    client = SignedIn(superuser)
    change = reverse("admin:upgrades_app_upgraderecord_change", args=[record.pk])
    assert interrupt_url(record) in client.get(change).text
    assert "The next plan applies these components again." in text_of(client.get(interrupt_url(record)))
    record.refresh_from_db()
    assert record.is_open

    answer = client.post(interrupt_url(record), {"reason": "no worker is left"}, follow=True)

    assert "Interrupted before any change was made." in text_of(answer)
    record.refresh_from_db()
    assert record.status == "failed"
    assert interrupt_url(record) not in client.get(change).text
    entry = AuditEntry.objects.get(verb="marked as interrupted")
    assert (entry.user, entry.data["reason"]) == (superuser, "no worker is left")


def test_the_list_leads_one_record_to_its_confirm(
    superuser: User, copy: Application, next_version: TemplateVersion
) -> None:
    record = planned(copy, next_version)
    client, lists = SignedIn(superuser), reverse("admin:upgrades_app_upgraderecord_changelist")
    chosen = {"action": "mark_as_interrupted", "_selected_action": [record.pk]}
    assert client.post(lists, chosen)["Location"] == interrupt_url(record)
    answer = client.post(interrupt_url(record), {}, follow=True)
    assert "is planned and cannot be interrupted" in text_of(answer)
    assert "is planned and cannot be interrupted" in text_of(client.get(interrupt_url(record), follow=True))


def test_nobody_else_marks_it(owner: User, copy: Application, next_version: TemplateVersion) -> None:
    record = planned(copy, next_version)
    assert SignedIn(owner).post(interrupt_url(record), follow=True).status_code == 403


def test_staff_without_the_right_sees_nothing_of_it(
    stranger: User, copy: Application, next_version: TemplateVersion
) -> None:
    record = planned(copy, next_version)
    confirm_plan(record, ADA, digest=record.digest)
    User.objects.filter(pk=stranger.pk).update(is_staff=True)
    assert SignedIn(stranger).get(interrupt_url(record)).status_code == 403


def test_a_kind_reads_as_on_every_page(superuser: User, copy: Application, next_version: TemplateVersion) -> None:
    record = planned(copy, next_version)
    UpgradeRecord.objects.filter(pk=record.pk).update(kind="rollback")
    client = SignedIn(superuser)
    page = client.get(reverse("admin:upgrades_app_upgraderecord_changelist")).text
    assert "Rollback" in page
    assert "Go back" not in page
    shown = text_of(client.get(reverse("admin:upgrades_app_upgraderecord_change", args=[record.pk])))
    assert "Planned by:" in shown
