"""The notes of every version between where it is and where it goes, where one decides."""

import pytest
from django.urls import reverse

from apps_app.models import Application
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.specs import WITH_REDIS, changed
from tests.upgrades_app.road import released
from tests.upgrades_app.views.pages import HTMX, details, planned, text_of

pytestmark = pytest.mark.django_db
LINK = '<a href="https://shop.example/1.1" rel="noopener noreferrer nofollow">https://shop.example/1.1</a>'


@pytest.fixture
def three(two: TemplateVersion) -> TemplateVersion:
    created = released(two.template, "1.2", changed(WITH_REDIS, "web", image="shop/web:1.2"))
    data = {"1.0": "First of all", "1.1": "Adds <b>redis</b>.\nSee https://shop.example/1.1", "1.2": "Faster."}
    for version, notes in data.items():
        two.template.versions.filter(version=version).update(notes=notes)
    created.refresh_from_db()
    return created


def test_details_and_confirm_tell_of_every_version_between(
    operator: User, copy: Application, three: TemplateVersion
) -> None:
    client, record = SignedIn(operator), planned(copy, three)
    part = text_of(client.get(details(copy, "1.2"), headers=HTMX))
    for page in (
        text_of(client.get(details(copy, "1.2"))),
        text_of(client.get(reverse("upgrades:confirm", args=[record.pk]))),
        part,
    ):
        assert "What the notes say of 2 versions" in page
        assert f"<p>Adds &lt;b&gt;redis&lt;/b&gt;.<br>See {LINK}</p>" in page
        assert "<p>Faster.</p>" in page
        assert "First of all" not in page


def test_only_what_is_on_the_way_is_told(operator: User, copy: Application, three: TemplateVersion) -> None:
    page = text_of(SignedIn(operator).get(details(copy, "1.1")))
    assert "What the notes say of 1 version" in page
    assert "Faster." not in page


def test_the_version_page_has_live_links(operator: User, copy: Application, three: TemplateVersion) -> None:
    version = three.template.versions.get(version="1.1")
    assert LINK in text_of(SignedIn(operator).get(version.get_absolute_url()))


def test_an_application_of_no_template_may_be_attached_from_its_upgrade_page(
    operator: User, viewer: User, copy: Application
) -> None:
    copy.installation.delete()
    attach, page = reverse("apps:attach", args=[copy.slug]), reverse("upgrades:manage", args=[copy.slug])
    assert attach in text_of(SignedIn(operator).get(page))
    assert attach not in text_of(SignedIn(viewer).get(page))
