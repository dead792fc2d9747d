"""What going back would do, before it does it."""

import pytest
from django.urls import reverse

from apps_app.models import Application, Target
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.road import carried_out, fresh, installed, upgraded
from tests.upgrades_app.views.pages import edited, location, post, text_of
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


def back(application: Application, to: str = "1.0") -> str:
    return f"{reverse('upgrades:rollback', args=[application.slug])}?to={to}"


def test_shows_what_goes_and_what_comes_back(viewer: User, copy: Application, two: TemplateVersion) -> None:
    upgraded(copy, two)

    page = text_of(SignedIn(viewer).get(back(copy)))

    assert "redis came after 1.0, and going back removes it" in page
    assert "<code>OLD_CACHE_DIR</code>" in page
    assert "volume cache" not in page, "a target that starts nothing has no data"
    assert "Volume <code>cache</code>" in page


def test_goes_back_to_exactly_what_was(operator: User, copy: Application, two: TemplateVersion) -> None:
    before = fresh(copy).desired_spec()
    upgraded(copy, two)

    answer = post(SignedIn(operator), back(copy))
    record = UpgradeRecord.objects.get(kind="rollback")

    assert location(answer) == reverse("upgrades:confirm", args=[record.pk])
    assert "Take Copy back to 1.0?" in text_of(SignedIn(operator).get(location(answer)))
    carried_out(record)
    assert fresh(copy).desired_spec() == before


def test_a_version_it_was_never_at_is_refused(operator: User, copy: Application, two: TemplateVersion) -> None:
    page = text_of(SignedIn(operator).get(back(copy, "1.1")))

    assert "was never at 1.1" in page


def test_without_a_way_back_it_leads_to_the_management(operator: User, copy: Application) -> None:
    answer = SignedIn(operator).get(reverse("upgrades:rollback", args=[copy.slug]))

    assert location(answer) == reverse("upgrades:manage", args=[copy.slug])


def test_three_people(viewer: User, stranger: User, copy: Application, two: TemplateVersion) -> None:
    upgraded(copy, two)

    assert SignedIn(viewer).post(back(copy)).status_code == 403
    assert SignedIn(stranger).get(back(copy)).status_code == 404
    assert SignedIn(stranger).post(back(copy)).status_code == 404


def test_a_port_that_stays_pending_is_nobodys_yet(
    operator: User, version_1_0: TemplateVersion, copy: Application, two: TemplateVersion, target: Target
) -> None:
    neighbour = installed(version_1_0, target, "Neighbour")
    upgraded(copy, two)
    for application in (neighbour, copy):
        edited(application, "web", ports={"8000/tcp": {"9090": {}}})

    page = text_of(SignedIn(operator).get(back(copy)))

    assert "never applied" in page
    assert "web publishes 8080/tcp, and so does web of Neighbour" in page
    assert "publishes 9090/tcp" not in page


def test_what_stays_pending_in_an_untouched_component_is_on_both_pages(
    operator: User, copy: Application, two: TemplateVersion
) -> None:
    upgraded(copy, two)
    env = fresh(copy).desired_spec().components["db"].env
    edited(copy, "db", env={**env, "PGDATA_X": "/data"})
    client = SignedIn(operator)

    details = text_of(client.get(back(copy)))
    confirm = text_of(client.get(location(post(client, back(copy)))))

    assert details.count("Stays pending: db env PGDATA_X /data") == 1
    assert confirm.count("Stays pending: db env PGDATA_X /data") == 1
