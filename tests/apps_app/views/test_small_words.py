"""Small words that were untrue or led nowhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.models import Application, Installation
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Team, User
from templates_app.appspec.presentation.published_view import compare_published
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import AppTemplate
from templates_app.presenters.comparison import differences
from tests.apps_app.publishing import edited, released, source
from tests.factories import ApplicationFactory, TargetFactory, TemplateVersionFactory, application
from tests.specs import WEB_AND_DB, WITH_REDIS

type SignIn = Callable[[User], Client]
REVIEW = f'<a href="{reverse("upgrades:changes", args=["shop"])}">Review changes</a>'


@pytest.fixture
def shop(team: Team) -> Application:
    target = TargetFactory.create(team=team, slug="engine")
    return application(WEB_AND_DB, applied=WEB_AND_DB, team=team, slug="shop", name="Shop", target=target)


@pytest.fixture
def client(client_of: SignIn, owner: User) -> Client:
    return client_of(owner)


def row_errors(client: Client, **sent: Any) -> Any:
    rows = {f"{name}-{field}_FORMS": "0" for name in ("env", "ports", "volumes") for field in ("TOTAL", "INITIAL")}
    data = {"key": "cache", "image": "cache:1", **rows, **sent}
    return client.post(reverse("apps:component-add", args=["shop"]), data).context["forms"].rows


@pytest.mark.parametrize("name", ["/etc", "./data", "~/data"])
def test_a_path_of_the_host_is_no_volume_and_the_way_is_told(shop: Application, client: Client, name: str) -> None:
    sent = {"volumes-TOTAL_FORMS": "1", "volumes-0-path": "/data", "volumes-0-volume": name}
    (error,) = row_errors(client, **sent)["volumes"].forms[0].errors["volume"]
    assert "Host paths: All fields → Mounts" in error


@pytest.mark.parametrize("name", ["my data", "dätä", "a/b"])
def test_a_volume_has_a_name(shop: Application, client: Client, name: str) -> None:
    sent = {"volumes-TOTAL_FORMS": "1", "volumes-0-path": "/data", "volumes-0-volume": name}
    (error,) = row_errors(client, **sent)["volumes"].forms[0].errors["volume"]
    assert "letters, digits" in error


def test_a_relative_path_is_wrong_in_one_way(shop: Application, client: Client) -> None:
    sent = {"volumes-TOTAL_FORMS": "1", "volumes-0-path": "relative", "volumes-0-volume": "data"}
    assert row_errors(client, **sent)["volumes"].forms[0].errors == {"path": ["'relative' must begin with '/'"]}


def test_a_variable_holds_no_blank(shop: Application, client: Client) -> None:
    sent = {"env-TOTAL_FORMS": "1", "env-0-name": "A B", "env-0-value": "1"}
    assert "holds a blank" in row_errors(client, **sent)["env"].forms[0].errors["name"][0]


def test_a_key_does_not_stay_for_ever(shop: Application, client: Client) -> None:
    assert "for ever" not in client.get(reverse("apps:component-add", args=["shop"])).text


def test_the_name_of_a_target_is_refused_in_the_words_of_its_help(shop: Application, client: Client) -> None:
    url = f"{reverse('apps:target-new')}?kind=git"
    page = client.post(url, {"slug": "my target", "team": shop.team_id}).text
    assert "Letters, digits and &#x27;-&#x27;, beginning with a letter or digit." in page
    assert "slug” consisting" not in page


def test_what_is_saved_leads_to_its_review(shop: Application, client: Client) -> None:
    rows = {f"{name}-{field}_FORMS": "0" for name in ("env", "ports", "volumes") for field in ("TOTAL", "INITIAL")}
    added = client.post(
        reverse("apps:component-add", args=["shop"]), {"key": "cache", "image": "cache:1", **rows}, follow=True
    )
    assert REVIEW in added.text
    sent = {"volumes-rows": "1", "volumes-0-at": "MyData", "networks-rows": "0"}
    framed = client.post(reverse("apps:frame", args=["shop"]), sent, follow=True).text
    assert REVIEW in framed
    assert "volume MyData" in framed
    valued = client.post(reverse("apps:values", args=["shop"]), {"value-WORKERS": "8"}, follow=True).text
    assert REVIEW in valued
    assert "When you apply it, web" in valued


def test_what_was_taken_in_came_from_no_file(shop: Application, client: Client, owner: User) -> None:
    done = {"said": [], "source": "the project blog on engine", "components": ["web"], "parameters": [], "secrets": []}
    audit.record(Actor.of(owner), "adopted", shop, data={**done, "credentials": [], "notices": []})
    page = client.get(reverse("apps:imported", args=["shop"])).text
    assert "Everything about these containers was carried." in page
    assert "Taken in from the project blog on engine" in page
    assert "file" not in page[page.index("Everything about") : page.index("Components</h2>")]


def test_all_of_a_first_version_is_new() -> None:
    first = differences(compare_published(AppSpec(), WEB_AND_DB))
    assert {card.symbol for card in first.cards} == {"+"}
    later = differences(compare_published(WEB_AND_DB, WITH_REDIS))
    assert {card.title: card.symbol for card in later.cards}["Volumes"] == "~"


def test_publishing_nothing_new_is_not_offered(team: Team, client: Client) -> None:
    created = source(team, slug="source")
    released(created, "1.0")
    url = reverse("apps:publish", args=["source"])
    page = " ".join(client.get(url).text.split())
    assert "Nothing has changed since 1.0, so there is nothing to publish" in page
    assert '<button class="button primary push" type="submit" disabled>' in page
    edited(created, WITH_REDIS)
    assert '<button class="button primary push" type="submit" >' in " ".join(client.get(url).text.split())


def test_applications_of_one_name_are_told_apart(team: Team, client: Client) -> None:
    template = AppTemplate.objects.create(team=team, slug="template", name="Template")
    version = TemplateVersionFactory.create(template=template)
    target = TargetFactory.create(team=team)
    for slug in ("twin", "twin-2", "single"):
        created = application(
            WEB_AND_DB, applied=AppSpec(), team=team, slug=slug, name=slug.partition("-")[0], target=target
        )
        created.components.update(applied={"image": "old"})
        Installation.objects.create(application=created, template=template, version=version)
    ApplicationFactory.create(name="single")
    home, where = client.get("/").text, client.get(reverse("apps:installations", args=["template"])).text
    assert "twin (twin-2)" in home
    assert "single (single)" not in home
    assert '<span class="muted">twin-2</span>' in where
    assert '<span class="muted">single</span>' not in where
