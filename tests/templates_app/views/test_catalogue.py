"""The catalogue, a template's page, a version's page, and the differences between two."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps_app.models import Application, Installation
from config.accounts.models import AuditEntry, Team, User
from templates_app.models import AppTemplate, TemplateVersion
from tests.conftest import SignedIn
from tests.factories import AppTemplateFactory, TeamFactory, TemplateVersionFactory, application
from tests.specs import WEB_AND_DB, WEB_ON_TLS, WITH_REDIS, spec

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(team: Team) -> AppTemplate:
    template: AppTemplate = AppTemplateFactory.create(team=team, slug="shop", name="Shop", description="Sells things")
    TemplateVersionFactory.create(template=template, notes="The first.")
    TemplateVersionFactory.create(template=template, version="1.1", spec=WITH_REDIS)
    TemplateVersionFactory.create(template=template, version="1.2", state="draft")
    return template


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_three_people(shop: AppTemplate, viewer: User, stranger: User, client_of: type[SignedIn]) -> None:
    urls = ["/templates/shop/", "/templates/shop/versions/1.0/", "/templates/shop/compare/?from=1.0&to=1.1"]
    urls.append("/templates/shop/installations/")
    for url in urls:
        assert client_of(viewer).get(url).status_code == 200
        assert client_of(stranger).get(url).status_code == 404
    assert "Shop" in text(client_of(viewer), "/templates/")
    assert "Sells things" not in text(client_of(stranger), "/templates/")
    act = "/templates/shop/versions/1.0/withdraw/"
    assert client_of(viewer).post(act).status_code == 403
    assert client_of(stranger).post(act).status_code == 404
    assert TemplateVersion.objects.get(version="1.0").is_released


def test_a_template_for_everyone_shows_others_no_draft(
    shop: AppTemplate, viewer: User, stranger: User, client_of: type[SignedIn]
) -> None:
    AppTemplate.objects.update(scope="everyone")
    assert client_of(viewer).get("/templates/shop/versions/1.2/").status_code == 200
    assert client_of(stranger).get("/templates/shop/versions/1.2/").status_code == 404
    assert client_of(stranger).get("/templates/shop/compare/?from=1.0&to=1.2").status_code == 404
    assert "1.2" not in text(client_of(stranger), "/templates/shop/")
    TemplateVersion.objects.filter(state="draft").delete()
    AppTemplateFactory.create(name="Nothing published", scope="everyone")
    assert "Nothing published" not in text(client_of(viewer), "/templates/")


def test_the_list_says_what_is_newest_and_never_a_draft(
    shop: AppTemplate, viewer: User, client_of: type[SignedIn]
) -> None:
    listed = text(client_of(viewer), "/templates/")
    assert "Sells things" in listed
    assert "1.1" in listed
    assert "1.2" not in listed


def test_it_is_searched_and_sorted_in_place(
    shop: AppTemplate, team: Team, viewer: User, client_of: type[SignedIn]
) -> None:
    AppTemplateFactory.create(team=team, name="Mail", slug="mail")
    visitor = client_of(viewer)
    part = visitor.get("/templates/?q=sells", headers={"HX-Request": "true"})
    html = part.content.decode()
    assert "Shop" in html
    assert "Mail" not in html
    assert "<!doctype" not in html
    assert part.headers["Vary"].count("HX-Request") == 1
    assert "No template matches" in text(visitor, "/templates/?q=nothing-like-it")
    descending = text(visitor, "/templates/?sort=-versions")
    assert descending.index("Shop") < descending.index("Mail")


def test_installations_of_other_teams_are_not_told(
    shop: AppTemplate, team: Team, viewer: User, client_of: type[SignedIn]
) -> None:
    version = TemplateVersion.objects.get(version="1.0")
    for owner, slug in ((team, "mine"), (TeamFactory.create(), "theirs")):
        copy = application(WEB_AND_DB, applied=WEB_AND_DB, team=owner, slug=slug, name=f"Copy {slug}")
        Installation.objects.create(application=copy, template=shop, version=version)
    away = application(WEB_AND_DB, team=team, slug="away", name="Copy away")
    Installation.objects.create(application=away, template=shop, version=version)
    shown = text(client_of(viewer), "/templates/shop/installations/")
    assert "Copy mine" in shown
    assert "Copy away Shop 1.0 · no target · team Shop Not applied" in shown
    assert "Behind" in shown
    of_other = text(client_of(viewer), "/templates/shop/installations/?version=1.1")
    assert "Nowhere that you may see" in of_other
    assert "Copy mine" in text(client_of(viewer), "/templates/shop/installations/?version=1.0")
    assert "Copy theirs" not in shown
    part = client_of(viewer).get("/templates/shop/installations/", headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<section class="card" id="installations">')


def test_a_version_reads_like_a_document(shop: AppTemplate, viewer: User, client_of: type[SignedIn]) -> None:
    shown = text(client_of(viewer), "/templates/shop/versions/1.0/")
    for literal in (
        "The first.",
        "postgres:17",
        "WORKERS 2 from WORKERS",
        "Fixed by the version",
        "Secret",
    ):
        assert literal in shown


@pytest.mark.parametrize("url", ["/templates/shop/", "/templates/shop/versions/1.0/"])
def test_only_who_may_install_is_led_there(
    url: str, shop: AppTemplate, operator: User, viewer: User, client_of: type[SignedIn]
) -> None:
    assert "/templates/shop/install/" in client_of(operator).get(url).text
    assert "/templates/shop/install/" not in client_of(viewer).get(url).text


def test_two_versions_are_compared_as_they_read(shop: AppTemplate, viewer: User, client_of: type[SignedIn]) -> None:
    visitor = client_of(viewer)
    shown = text(visitor, "/templates/shop/compare/?from=1.0&to=1.1")
    assert "1 new" in shown
    assert "Environment OLD_CACHE_DIR /var/cache/shop not set" in shown
    assert "1.0 1.1" in text(visitor, "/templates/shop/compare/?to=1.1")
    part = visitor.get("/templates/shop/compare/?from=1.1&to=1.1", headers={"HX-Request": "true"}).content.decode()
    assert "Nothing differs" in part
    assert "<!doctype" not in part
    assert visitor.get("/templates/shop/compare/?from=9&to=1.1").status_code == 404


def test_config_files_are_compared_line_by_line(shop: AppTemplate, viewer: User, client_of: type[SignedIn]) -> None:
    TemplateVersionFactory.create(template=shop, version="1.3", spec=WEB_ON_TLS)
    html = client_of(viewer).get("/templates/shop/compare/?from=1.0&to=1.3").content.decode()
    assert '<span class="line-new">+listen 8443 ssl;</span>' in html


def test_a_publisher_withdraws_and_releases_again_with_the_reason_on_record(
    shop: AppTemplate, publisher: User, client_of: type[SignedIn]
) -> None:
    visitor, page = client_of(publisher), "/templates/shop/versions/1.1/"
    assert "Withdraw: Shop 1.1?" in text(visitor, f"{page}withdraw/")
    assert TemplateVersion.objects.get(version="1.1").is_released
    assert visitor.post(f"{page}withdraw/", {"reason": "It loses mail"}).headers["Location"] == page
    assert TemplateVersion.objects.get(version="1.1").state == "withdrawn"
    entry = AuditEntry.objects.get(verb="withdrew")
    assert (entry.actor, entry.data["reason"]) == ("publisher", "It loses mail")
    assert "is withdrawn already" in visitor.post(f"{page}withdraw/", follow=True).content.decode()
    visitor.post(f"{page}release/")
    visitor.post(f"{page}deprecate/")
    assert TemplateVersion.objects.get(version="1.1").state == "deprecated"
    assert "is not released yet" in visitor.post("/templates/shop/versions/1.2/release/", follow=True).content.decode()
    assert visitor.post(f"{page}shred/").status_code == 404


def test_queries_do_not_grow_with_the_rows(team: Team, viewer: User, client_of: type[SignedIn]) -> None:
    visitor, counts = client_of(viewer), []
    for number in (2, 25):
        template = AppTemplateFactory.create(team=team, slug=f"t{number}")
        many = spec(**{f"c{key}": {"image": f"c:{key}"} for key in range(number)})
        for patch in range(number):
            other = AppTemplateFactory.create(team=team)
            TemplateVersionFactory.create(template=other)
            version = TemplateVersionFactory.create(template=template, version=f"1.{patch}", spec=many)
            copy = Application.objects.create(team=team, slug=f"copy-{number}-{patch}", name="Copy")
            Installation.objects.create(application=copy, template=template, version=version)
        urls = ["/templates/", f"/templates/t{number}/", f"/templates/t{number}/versions/1.0/"]
        urls += [f"/templates/t{number}/installations/", f"/templates/t{number}/compare/?from=1.0&to=1.1"]
        queries = []
        for url in urls:
            with CaptureQueriesContext(connection) as counted:
                assert visitor.get(url).status_code == 200
            queries.append(len(counted))
        counts.append(queries)
    assert counts[0] == counts[1]
