"""What the catalogue says is changed, found by, and deleted."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps_app.models import Application, Installation, Origin, ReleaseRecord
from config.accounts.models import AuditEntry, Team, User
from templates_app.models import AppTemplate, TemplateLogo, TemplateVersion
from tests.apps_app.publishing import draft, released, source
from tests.conftest import SignedIn
from tests.factories import AppTemplateFactory, TeamFactory, TemplateVersionFactory
from tests.specs import WITH_REDIS
from tests.templates_app.test_logo import SVG, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(team: Team) -> AppTemplate:
    template: AppTemplate = AppTemplateFactory.create(team=team, slug="shop", name="Shop")
    TemplateVersionFactory.create(template=template, notes="The first.")
    return template


def said(**changes: object) -> dict[str, object]:
    return {"name": "Shop", "description": "Sells things.", "tags": "web, php8.3", "scope": "team", **changes}


def words(client: Client, url: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(url).text))


def install(template: AppTemplate, team: Team, name: str) -> Application:
    application = Application.objects.create(team=team, slug=name.lower(), name=name)
    Installation.objects.create(
        application=application, template=template, version=template.versions.get(version="1.0")
    )
    return application


@pytest.mark.parametrize("what", ["edit/", "delete/", "versions/1.0/edit/", "versions/1.0/delete/"])
def test_three_people(what: str, shop: AppTemplate, owner: User, operator: User, stranger: User) -> None:
    url = f"/templates/shop/{what}"
    assert SignedIn(owner).get(url).status_code == 200
    for client, status in ((SignedIn(operator), 403), (SignedIn(stranger), 404)):
        assert client.get(url).status_code == status
        assert client.post(url, said(alias="Mine")).status_code == status
    AppTemplate.objects.update(scope="everyone")
    assert SignedIn(stranger).post(url, said(alias="Mine")).status_code == 403
    assert (AppTemplate.objects.get().description, TemplateVersion.objects.get().alias) == ("", "")
    assert url not in SignedIn(operator).get("/templates/shop/versions/1.0/").text
    assert url not in SignedIn(operator).get("/templates/shop/").text


def test_a_publisher_says_what_it_is_and_it_is_found_by_that(
    shop: AppTemplate, team: Team, publisher: User, viewer: User
) -> None:
    AppTemplateFactory.create(team=team, slug="mail", name="Mail", tags=["smtp"])
    client = SignedIn(publisher)
    assert client.post("/templates/shop/edit/", said(name="The shop")).headers["Location"] == "/templates/shop/"
    page = words(client, "/templates/shop/")
    for text in ("The shop", "Sells things.", "php8.3"):
        assert text in page
    entry = AuditEntry.objects.get(verb="edited")
    assert entry.data["before"] == {"name": "Shop", "description": "", "tags": []}
    visitor = SignedIn(viewer)
    for query in ("q=php8", "q=SELLS", "tag=web", "q=shop&tag=php8.3"):
        listed = words(visitor, f"/templates/?{query}")
        assert "The shop" in listed
        assert "Mail" not in listed
    assert "No template matches" in words(visitor, "/templates/?q=shop&tag=smtp")
    assert 'value="smtp"' in visitor.get("/templates/").text


def test_what_is_wrong_is_said_at_its_field(shop: AppTemplate, publisher: User) -> None:
    sent = said(name="", tags="a<b", logo=SimpleUploadedFile("logo.svg", SVG, "image/svg+xml"))
    page = SignedIn(publisher).post("/templates/shop/edit/", sent)
    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {"name", "tags", "logo"}
    assert not TemplateLogo.objects.exists()


def test_a_logo_is_kept_served_and_taken_away(shop: AppTemplate, publisher: User, viewer: User, stranger: User) -> None:
    client = SignedIn(publisher)
    client.post("/templates/shop/edit/", said(logo=SimpleUploadedFile("logo.jpg", picture(form="JPEG"))))
    url = AppTemplate.objects.get().logo_url
    assert url in SignedIn(viewer).get("/templates/").text
    assert url in SignedIn(viewer).get("/templates/shop/").text
    shown = SignedIn(viewer).get(url)
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in shown.headers["Cache-Control"]
    assert shown.content.startswith(b"\x89PNG")
    assert SignedIn(stranger).get(url).status_code == 404
    client.post("/templates/shop/edit/", said())
    assert AppTemplate.objects.get().logo_url == url
    client.post("/templates/shop/edit/", said(drop_logo="on"))
    assert AppTemplate.objects.get().logo_url == ""
    assert client.get(url).status_code == 404
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["edited", "changed the logo", "removed the logo"]


def test_it_is_not_taken_back_from_teams_that_have_it(shop: AppTemplate, team: Team, publisher: User) -> None:
    AppTemplate.objects.update(scope="everyone")
    install(shop, team, "Mine")
    install(shop, TeamFactory.create(), "Theirs")
    page = SignedIn(publisher).post("/templates/shop/edit/", said())
    assert "another team has it installed" in page.text
    assert AppTemplate.objects.get().scope == "everyone"
    Application.objects.get(slug="theirs").delete()
    assert SignedIn(publisher).post("/templates/shop/edit/", said()).status_code == 302
    assert AppTemplate.objects.get().scope == "team"


def test_alias_and_notes_change_after_the_release(shop: AppTemplate, publisher: User) -> None:
    before = TemplateVersion.objects.get()
    url = "/templates/shop/versions/1.0/edit/"
    assert "The first." in SignedIn(publisher).get(url).text
    assert SignedIn(publisher).post(url, {"alias": "Spring", "notes": "Sells."}).status_code == 302
    after = TemplateVersion.objects.get()
    assert (after.alias, after.notes, after.digest, after.document) == (
        "Spring",
        "Sells.",
        before.digest,
        before.document,
    )
    entry = AuditEntry.objects.get(verb="edited")
    assert entry.data["before"] == {"alias": "", "notes": "The first."}
    SignedIn(publisher).post(url, {"alias": "Spring", "notes": "Sells."})
    assert AuditEntry.objects.filter(verb="edited").count() == 1


def test_a_template_that_is_installed_stays_and_says_where(shop: AppTemplate, team: Team, owner: User) -> None:
    mine = install(shop, team, "Mine")
    install(shop, TeamFactory.create(), "Theirs")
    page = SignedIn(owner).get("/templates/shop/delete/").text
    assert "Shop cannot be deleted" in page
    assert f'<a href="{mine.get_absolute_url()}">Mine</a>' in page
    assert "Theirs" not in page
    assert "1 of teams that you are not in." in page
    assert "cannot be deleted" in SignedIn(owner).post("/templates/shop/delete/").text
    assert AppTemplate.objects.exists()


def test_what_a_component_came_from_protects_it_too(shop: AppTemplate, team: Team, owner: User) -> None:
    other = AppTemplateFactory.create(team=team)
    TemplateVersionFactory.create(template=other)
    copy = install(other, team, "Copy")
    Origin.objects.create(installation=copy.installation, template_key="web", version=shop.versions.get())
    page = SignedIn(owner).post("/templates/shop/delete/").text
    assert "still needed by what was installed from it" in page
    assert AppTemplate.objects.filter(slug="shop").exists()
    assert shop.versions.exists()


def test_released_versions_are_deleted_by_owners_only(shop: AppTemplate, owner: User, publisher: User) -> None:
    assert SignedIn(publisher).post("/templates/shop/delete/").status_code == 403
    assert "Its versions go with it, for ever: 1.0." in SignedIn(owner).get("/templates/shop/delete/").text
    assert SignedIn(owner).post("/templates/shop/delete/").headers["Location"] == "/templates/"
    assert not AppTemplate.objects.exists()
    entry = AuditEntry.objects.get(verb="deleted")
    assert (entry.label, entry.data) == ("Shop", {"versions": ["1.0"]})


def test_a_template_without_a_release_is_its_publishers_to_delete(team: Team, publisher: User) -> None:
    AppTemplateFactory.create(team=team, slug="empty", name="Empty")
    assert SignedIn(publisher).post("/templates/empty/delete/").status_code == 302
    assert not AppTemplate.objects.exists()


def test_a_release_record_outlives_its_template(team: Team, owner: User) -> None:
    released(source(team), "1.0")
    SignedIn(owner).post(f"{AppTemplate.objects.get().get_absolute_url()}delete/")
    record = ReleaseRecord.objects.get()
    assert (record.version, record.version_label, record.status) == (None, "1.0", "deleted")


def test_a_draft_is_deleted_and_a_released_version_says_why_it_stays(
    shop: AppTemplate, team: Team, publisher: User, owner: User
) -> None:
    record = draft(source(team, WITH_REDIS, slug="origin"), "1.1", template=shop, queue=False)
    page = SignedIn(publisher).get("/templates/shop/versions/1.1/").text
    assert f'href="{record.get_absolute_url()}"' in page
    assert "is being published" in SignedIn(owner).post("/templates/shop/delete/").text
    url = "/templates/shop/versions/1.1/delete/"
    assert url in page
    assert SignedIn(publisher).post(url).headers["Location"] == "/templates/shop/"
    assert list(shop.versions.values_list("version", flat=True)) == ["1.0"]
    record.refresh_from_db()
    assert record.status == "deleted"
    assert AuditEntry.objects.filter(verb="deleted the draft", label="Shop 1.1").exists()
    stays = SignedIn(publisher).post("/templates/shop/versions/1.0/delete/").text
    assert "A released version stays" in stays
    assert "Delete</button>" not in stays
    assert shop.versions.count() == 1
