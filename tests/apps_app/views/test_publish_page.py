"""The publish page: version, components, parameters, credentials, and what would change."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps_app.actions.finish_publication import cancel_publication
from apps_app.models import Application, ReleaseRecord
from config.accounts.models import Team, User
from templates_app.appspec.schema.model import Parameter, Volume
from templates_app.models import AppTemplate, TemplateVersion
from tests.apps_app.publishing import ADA, draft, edited, released, source
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB, WITH_REDIS, changed, spec

pytestmark = pytest.mark.django_db
PAGE = "/apps/shop/publish/"


@pytest.fixture
def shop(team: Team) -> Application:
    return source(team)


@pytest.fixture
def visitor(publisher: User, client_of: type[SignedIn]) -> Client:
    return client_of(publisher)


def htmx(target: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target}


def filled(**more: Any) -> dict[str, Any]:
    return {
        "chosen": "1", "name": "Shop", "scope": "team", "version": "1.0", "components": ["web", "db"], **more
    }  # fmt: skip


def said(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_three_people(
    shop: Application, publisher: User, operator: User, stranger: User, client_of: type[SignedIn]
) -> None:
    assert client_of(publisher).get(PAGE).status_code == 200
    assert client_of(operator).get(PAGE).status_code == 403
    assert client_of(stranger).get(PAGE).status_code == 404
    assert Client().get(PAGE).status_code == 302
    assert client_of(operator).post(PAGE, filled()).status_code == 403
    assert client_of(stranger).post(PAGE, filled()).status_code == 404
    assert client_of(stranger).get("/apps/shop/publish/version/?version=1").status_code == 404
    assert not ReleaseRecord.objects.exists()


def test_the_first_publication_proposes_a_new_template_called_like_the_application(
    shop: Application, visitor: Client
) -> None:
    html = visitor.get(PAGE).content.decode()
    assert 'name="name" value="Shop"' in html
    assert 'value="1.0"' in html
    assert "1.0, the first version" in html
    assert "nothing of it ever ran" in html
    assert "postgres:17" in html


def test_publishing_leads_to_the_synchronization_page(shop: Application, visitor: Client) -> None:
    answer = visitor.post(f"{PAGE}?template=new", filled(alias="Spring", notes="First"))
    record = ReleaseRecord.objects.get()
    assert answer.headers["Location"] == f"/releases/{record.pk}/sync/"
    assert record.by_label == "publisher"
    version = TemplateVersion.objects.get()
    assert (version.alias, version.notes) == ("Spring", "First")


def test_the_next_version_is_suggested_and_compared_with_the_last(shop: Application, visitor: Client) -> None:
    released(shop)
    edited(shop, WITH_REDIS)
    html = visitor.get(PAGE).content.decode()
    assert "Read as 1.1, newer than 1.0." in html
    text = said(html)
    assert "1 new" in text
    assert "Environment OLD_CACHE_DIR /var/cache/shop not set" in text
    answer = visitor.post(f"{PAGE}?template=shop", filled(version="1.1", components=["web", "db", "redis"]))
    assert answer.status_code == 302
    assert AppTemplate.objects.count() == 1


def test_nothing_changed_is_said_and_refused(shop: Application, visitor: Client) -> None:
    released(shop)
    html = visitor.get(PAGE).content.decode()
    assert "Nothing has changed since the last version" in html
    assert "Nothing has changed since 1.0, so there is nothing to publish" in " ".join(html.split())
    answer = visitor.post(f"{PAGE}?template=shop", filled(version="1.1"))
    assert (answer.status_code, ReleaseRecord.objects.count()) == (200, 1)
    assert "Nothing has changed since 1.0" in answer.content.decode()


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("1..0", "&#x27;1..0&#x27; is not a version; did you mean 1.0?"),
        ("1.0", "Shop has 1.0 already."),
        ("v1.0.0", "v1.0.0 is the same version."),
        ("1.0.post1", "Read as 1.0 post-release 1, newer than 1.0."),
        ("0.9", "Read as 0.9, older than 1.0."),
    ],
)
def test_the_sentence_under_the_version_is_a_part_and_a_page(
    shop: Application, visitor: Client, version: str, sentence: str
) -> None:
    released(shop)
    url = f"/apps/shop/publish/version/?template=shop&version={version}"
    part = visitor.get(url, headers=htmx("reading"))
    assert part.content.decode().lstrip().startswith("<p")
    assert sentence in part.content.decode()
    page = visitor.get(url).content.decode()
    assert sentence in page
    assert "<!doctype html>" in page
    answer = visitor.post(f"{PAGE}?template=shop", filled(version=version))
    assert sentence in answer.content.decode()


@pytest.mark.parametrize("target", ["publish", "version", "comparison"])
def test_each_part_is_the_pages_own(shop: Application, visitor: Client, target: str) -> None:
    part = visitor.post(PAGE, filled(look="1"), headers=htmx(target))
    assert part.headers["Vary"].count("HX-Request") == 1
    html = part.content.decode().strip()
    assert re.match(rf'\s*<(div|form)\s+id="{target}"', html)
    assert "<!doctype" not in html
    assert not ReleaseRecord.objects.exists()


def test_a_suggestion_stands_in_the_version_and_what_was_typed_stays(shop: Application, visitor: Client) -> None:
    released(shop)
    html = visitor.post(PAGE, filled(suggest="2.0", notes="Many things")).content.decode()
    assert re.search(r'value="2.0"\s+aria', html)
    assert "Many things" in html


def test_leaving_out_what_others_need_is_a_question(shop: Application, visitor: Client) -> None:
    response = visitor.post(f"{PAGE}?template=new", filled(components=["web"]))
    assert response.status_code == 200
    assert "db is left out, and needed by web" in response.content.decode()
    assert not ReleaseRecord.objects.exists()
    visitor.post(f"{PAGE}?template=new", filled(components=["web"], dependants="cut"))
    assert ReleaseRecord.objects.get().left_out == ["db"]


def test_leaving_out_what_needs_it_too(team: Team, visitor: Client) -> None:
    chain = spec(
        web={"image": "web:1", "depends_on": {"api": {}}},
        api={"image": "api:1", "depends_on": {"db": {}}},
        db={"image": "db:1"},
        mail={"image": "mail:1"},
    )
    source(team, chain)
    chosen = filled(components=["web", "api", "mail"], dependants="leave_out")
    visitor.post(f"{PAGE}?template=new", chosen)
    assert ReleaseRecord.objects.get().left_out == ["api", "db", "web"]


def test_a_credential_is_made_a_secret_parameter_unless_the_tick_says_plain(team: Team, visitor: Client) -> None:
    env = {"POSTGRES_PASSWORD": "tr0ub4dor-3"}
    source(team, changed(WEB_AND_DB, "db", env=env))
    html = visitor.get(PAGE).content.decode()
    assert "components.db.env.POSTGRES_PASSWORD" in html
    visitor.post(f"{PAGE}?template=new", filled(**{"hide-POSTGRES_PASSWORD": "generated"}))
    version = TemplateVersion.objects.get()
    assert version.spec.parameters["POSTGRES_PASSWORD"].generate
    assert "tr0ub4dor-3" not in str(version.document)


def test_decisions_about_parameters_are_kept_while_looking(shop: Application, visitor: Client) -> None:
    answer = visitor.post(PAGE, filled(look="1", **{"decide-WORKERS": "fixed"}), headers=htmx("comparison"))
    assert re.search(r'name="decide-WORKERS".*?<option value="fixed" selected>', answer.content.decode(), re.DOTALL)
    visitor.post(f"{PAGE}?template=new", filled(**{"decide-WORKERS": "fixed"}))
    assert TemplateVersion.objects.get().spec.parameters["WORKERS"].fixed is True


def test_a_draft_on_its_way_is_named(shop: Application, visitor: Client) -> None:
    draft(shop)
    html = visitor.post(f"{PAGE}?template=shop", filled()).content.decode()
    assert "1.0 of Shop is being published by ada" in html


def test_its_queries_do_not_grow_with_the_components(team: Team, visitor: Client) -> None:
    counts = []
    for number in (3, 60):
        components = {f"c{index}": {"image": f"c:{index}"} for index in range(number)}
        application = source(team, spec(**components), slug=f"app-{number}")
        released(application, template=AppTemplate.objects.create(team=team, slug=f"t-{number}", name="T"))
        edited(application, spec(**{f"c{index}": {"image": f"c:{index + 1}"} for index in range(number)}))
        with CaptureQueriesContext(connection) as counted:
            assert visitor.get(f"/apps/app-{number}/publish/").status_code == 200
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_a_publication_that_waits_is_offered_to_be_continued(shop: Application, visitor: Client) -> None:
    record = draft(shop)
    html = said(visitor.get(PAGE).text)
    assert "Shop 1.0 is not released yet: ada began it" in html
    assert "Continue Shop 1.0" in html
    assert "no version of Shop is released yet" in html
    assert "first version" not in html
    cancel_publication(record, ADA)
    assert "is not released yet: ada" not in said(visitor.get(PAGE).text)


def test_after_giving_up_the_same_template_is_chosen(shop: Application, visitor: Client) -> None:
    cancel_publication(draft(shop), ADA)
    html = visitor.get(PAGE).text
    assert re.search(r'<option value="shop" selected>', html)


def test_what_was_given_up_is_not_called_new(shop: Application, visitor: Client) -> None:
    record = draft(shop)
    address = f"/apps/shop/releases/?new={record.pk}"
    assert re.search(r">New</span>", visitor.get(address).text)
    cancel_publication(record, ADA)
    html = visitor.get(address).text
    assert 'class="marked"' in html
    assert not re.search(r">New</span>", html)


def test_publish_is_never_disabled_and_the_server_says_what_is_missing(shop: Application, visitor: Client) -> None:
    html = visitor.post(f"{PAGE}?template=new", filled(components=["web"])).text
    assert "disabled" not in html
    assert "db is needed by web" in html
    assert not ReleaseRecord.objects.exists()


def test_a_default_that_the_document_holds_is_shown(team: Team, visitor: Client) -> None:
    source(team, changed(WEB_AND_DB, "web", env={"URL": "${WORKERS}${URL:-http://localhost}"}), slug="other")
    shop = Application.objects.get(slug="other")
    spec_ = shop.desired_spec()
    edited(shop, spec_.model_copy(update={"parameters": {**spec_.parameters, "URL": Parameter()}}))
    html = said(visitor.get("/apps/other/publish/").text)
    assert "http://localhost stands in the document; used when left empty" in html


def test_a_column_in_which_nothing_stands_is_left_out(shop: Application, visitor: Client) -> None:
    released(shop)
    edited(shop, changed(WEB_AND_DB, "db", image="postgres:18"))
    html = visitor.get(PAGE).text
    assert "postgres:18" in html
    assert "Where from" not in html
    edited(shop, changed(WEB_AND_DB, "web", env={"THREADS": "${WORKERS}"}))
    assert "Where from" in visitor.get(PAGE).text


def test_who_may_not_publish_is_not_led_there_and_told_who_may(
    shop: Application, operator: User, publisher: User, client_of: type[SignedIn]
) -> None:
    assert PAGE in client_of(publisher).get("/apps/shop/").text
    assert PAGE not in client_of(operator).get("/apps/shop/").text
    assert PAGE not in client_of(operator).get("/apps/shop/releases/").text
    refused = client_of(operator).get(PAGE)
    assert refused.status_code == 403
    assert "You are an operator of team Shop; this takes a publisher." in refused.text


def named(shop: Application) -> Application:
    return edited(shop, WEB_AND_DB.model_copy(update={"volumes": {"data": Volume(name="shop_data")}}))


def test_each_installation_gets_volumes_of_its_own_and_the_source_keeps_its(shop: Application, visitor: Client) -> None:
    named(shop)
    page = visitor.get(PAGE)
    assert "the volume data is called shop_data" in said(page.text)
    assert 'name="own_names" checked' in page.text
    assert visitor.post(PAGE, filled(own_names="on")).status_code == 302
    assert TemplateVersion.objects.get().spec.volumes == {"data": Volume()}
    assert Application.objects.get(slug="shop").desired_spec().volumes == {"data": Volume(name="shop_data")}


def test_a_name_that_the_last_version_has_is_kept_unless_somebody_says_so(shop: Application, visitor: Client) -> None:
    version = released(named(shop))
    assert version.spec.volumes == {"data": Volume(name="shop_data")}
    page = visitor.get(PAGE)
    assert 'name="own_names" >' in re.sub(r"\s+>", " >", page.text)
    response = visitor.post(PAGE, filled(own_names="on", look="1", version="1.1"), headers=htmx("comparison"))
    assert "shop_data" in said(response.text)
    assert not response.context["preview"].nothing_changed


def test_an_image_that_moves_is_warned_of_and_does_not_block(shop: Application, visitor: Client) -> None:
    assert "cannot tell when these change" not in said(visitor.get(PAGE).content.decode())
    edited(shop, changed(WEB_AND_DB, "db", image="postgres:alpine"))
    page = visitor.get(PAGE).content.decode()
    assert "db : postgres:alpine has a tag that moves" in said(page)
    without = visitor.post(PAGE, filled(look="1", components=["web"]), headers=htmx("comparison"))
    assert "cannot tell when these change" not in said(without.content.decode())
    assert visitor.post(PAGE, filled()).status_code == 302
