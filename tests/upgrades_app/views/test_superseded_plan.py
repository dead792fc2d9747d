"""What the pages say to somebody who comes too late, and of a plan that nobody can read any more."""

from django.urls import reverse

from apps_app.models import Application
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.upgrade_helpers import ADA, carried_out, plan_of
from tests.upgrades_app.views.pages import text_of
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.models import UpgradeRecord


def test_a_second_tab_hears_who_was_quicker_with_the_way_there(
    operator: User, copy: Application, next_version: TemplateVersion
) -> None:
    first, second = save_plan(plan_of(copy, next_version), ADA), save_plan(plan_of(copy, next_version), ADA)
    assert carried_out(first).succeeded
    data = {"digest": second.digest, "policy": "roll_back"}
    client = SignedIn(operator)
    page = text_of(client.post(reverse("upgrades:confirm", args=[second.pk]), data, follow=True))
    assert "<p>Superseded by “Upgrade 1.0 → 1.1”, confirmed by ada.</p>" in page
    assert f'href="{first.get_absolute_url()}"' in page
    assert "Plan again" in page
    listed = text_of(client.get(reverse("upgrades:history", args=[copy.slug]), {"status": "superseded"}))
    assert "Superseded by “Upgrade 1.0 → 1.1”" in listed


def test_a_record_that_cannot_be_read_has_its_page_and_no_confirm(
    operator: User, copy: Application, next_version: TemplateVersion
) -> None:
    record = save_plan(plan_of(copy, next_version), ADA)
    UpgradeRecord.objects.filter(pk=record.pk).update(plan={"steps": [{"verb": "dance"}]})
    client = SignedIn(operator)
    assert "written by another version of Uplift" in text_of(client.get(record.get_absolute_url()))
    assert client.get(reverse("upgrades:confirm", args=[record.pk])).status_code == 302
