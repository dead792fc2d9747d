"""Values of an application: what they will do is told before, secrets are made anew, and literals become parameters."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.models import Application, Installation, Value
from apps_app.queries.value_impact import effect_sentences, effects
from config.accounts.models import Team, User
from config.accounts.sealing.sealed import Secret
from templates_app.appspec.diff.diff import diff
from templates_app.appspec.schema.field_meta import Impact
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.secrets.rotation import plain_credentials
from tests.apps_app.rows import all_held, held
from tests.factories import TargetFactory, TemplateVersionFactory, application
from tests.specs import WEB_AND_DB, changed

type SignIn = Callable[[User], Client]
SPEC = changed(WEB_AND_DB, "web", replicas="${WORKERS}")
VALUES = reverse("apps:values", args=["shop"])
MAKE = reverse("apps:parameter-make", args=["shop", "db"])


@pytest.fixture
def shop(team: Team) -> Application:
    return application(SPEC, team=team, slug="shop", name="Shop", target=TargetFactory.create(team=team))


@pytest.fixture
def client(client_of: SignIn, operator: User) -> Client:
    return client_of(operator)


def wanted(shop: Application) -> AppSpec:
    return Application.objects.get(pk=shop.pk).desired_spec()


def test_effects_name_each_component_and_the_least_it_takes(shop: Application) -> None:
    (only,) = effects(shop, SPEC, values={"WORKERS": "4"})
    assert (only.key, only.impact, only.secrets) == ("web", Impact.RECREATE, ())
    assert [(line.label, line.before, line.after) for line in only.lines] == [
        ("Environment WORKERS", "2", "4"),
        ("Replicas", "2", "4"),
    ]
    fewer = changed(SPEC, "web", env={})
    assert [impact.impact for impact in effects(shop, fewer, values={"WORKERS": "4"})] == [Impact.IN_PLACE]
    assert effects(shop, SPEC, values={"WORKERS": "2"}) == ()


def test_a_secret_names_who_reads_it_and_shows_nothing(shop: Application) -> None:
    result = effects(shop, SPEC, values={"DB_PASSWORD": "hunter2"})
    assert [(impact.key, impact.secrets, impact.lines) for impact in result] == [
        ("db", ("DB_PASSWORD",), ()),
        ("web", ("DB_PASSWORD",), ()),
    ]
    assert effect_sentences(result, runs=True) == ("db and web are recreated",)
    assert effect_sentences(result, runs=False) == ("db and web are written anew",)


def test_what_it_does_is_shown_and_nothing_stored(shop: Application, client: Client) -> None:
    data = {"value-WORKERS": "8", "value-DB_PASSWORD": "hunter2", "preview": "1"}
    page = client.post(VALUES, data)
    assert "db and web are recreated." in page.text
    assert "type them again" in page.text
    part = client.post(VALUES, data, headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="effects">')
    assert "hunter2" not in page.text + part.text
    assert not shop.values.exists()
    wrong = client.post(VALUES, {**data, "new-DB_PASSWORD": "on"}, headers={"HX-Request": "true"})
    assert "Type one, or have a new one generated." in wrong.text


def test_a_new_secret_is_generated_and_its_readers_are_named(shop: Application, client: Client) -> None:
    client.post(VALUES, {"value-WORKERS": "2", "value-DB_PASSWORD": "hunter2"})
    page = client.post(VALUES, {"value-WORKERS": "2", "new-DB_PASSWORD": "on"}, follow=True)
    assert "DB_PASSWORD saved. When you apply it, db and web are recreated." in page.text
    new = held(shop, "DB_PASSWORD")
    assert len(new) == 24
    assert new != "hunter2"
    assert new not in page.text
    assert shop.values.get(name="DB_PASSWORD").source == Value.Source.GENERATED


def test_a_literal_becomes_a_parameter(shop: Application, client: Client) -> None:
    page = client.get(reverse("apps:component", args=["shop", "db"]))
    assert f"{MAKE}?at=image" in page.text
    answer = client.post(f"{MAKE}?at=image", {"name": "DB_IMAGE", "label": "Database"})
    assert answer.status_code == 302
    assert wanted(shop).components["db"].image == "${DB_IMAGE}"
    assert wanted(shop).parameters["DB_IMAGE"].default == "postgres:17"
    assert client.get(f"{MAKE}?at=image").status_code == 404


def test_one_that_is_secret_is_sealed(shop: Application, client: Client) -> None:
    url = f"{MAKE}?at=env.POSTGRES_USER"
    assert client.post(url, {"name": "DB_USER", "secret": "on"}).status_code == 302
    assert all_held(shop) == {"DB_USER": "shop"}
    assert (wanted(shop).parameters["DB_USER"].default, wanted(shop).parameters["DB_USER"].secret) == (None, True)


def test_a_name_that_is_taken_stands_at_its_field(shop: Application, client: Client) -> None:
    page = client.post(f"{MAKE}?at=image", {"name": "WORKERS"})
    assert "is there already" in page.context["form"].errors["name"][0]


def test_who_may_make_one(shop: Application, client_of: SignIn, operator: User, viewer: User, stranger: User) -> None:
    url = f"{MAKE}?at=image"
    assert client_of(viewer).post(url, {"name": "X"}).status_code == 403
    assert client_of(stranger).post(url, {"name": "X"}).status_code == 404
    assert "Make parameter" not in client_of(viewer).get(reverse("apps:component", args=["shop", "db"])).text
    version = TemplateVersionFactory.create(template__team=shop.team)
    Installation.objects.create(application=shop, template=version.template, version=version)
    assert "Make parameter" not in client_of(operator).get(reverse("apps:component", args=["shop", "db"])).text
    assert "come from its template" in client_of(operator).post(url, {"name": "X"}).text
    assert wanted(shop) == SPEC


def opened(client: Client) -> dict[str, str]:
    form = client.get(VALUES).context["values"]
    return {"opened": form["opened"].value(), "value-WORKERS": form["value-WORKERS"].value()}


def test_a_value_that_another_set_meanwhile_is_not_put_back(shop: Application, client: Client) -> None:
    stale = opened(client)
    client.post(VALUES, opened(client) | {"value-WORKERS": "4"})
    page = client.post(VALUES, stale | {"value-DB_PASSWORD": "hunter2-4711"}, follow=True)
    assert f"Somebody else changed {SPEC.parameters['WORKERS'].label} meanwhile: that is kept." in page.text
    assert all_held(shop) == {"DB_PASSWORD": "hunter2-4711", "WORKERS": "4"}


@pytest.mark.parametrize(("answer", "workers"), [("ours", "8"), ("theirs", "4")])
def test_a_value_that_both_set_is_asked(shop: Application, client: Client, answer: str, workers: str) -> None:
    stale = opened(client)
    client.post(VALUES, opened(client) | {"value-WORKERS": "4"})
    page = client.post(VALUES, stale | {"value-WORKERS": "8"})
    summary = page.context["values"].meanwhile
    assert [(item.was, item.theirs, item.mine) for item in summary.asked] == [("the default, 2", "4", "8")]
    assert all_held(shop) == {"WORKERS": "4"}
    data = {summary.asked[0].name: answer, "against": summary.stand}
    assert all(f'name="{name}"' in page.text for name in data)
    assert client.post(VALUES, stale | {"value-WORKERS": "8"} | data).status_code == 302
    assert all_held(shop) == {"WORKERS": workers}


def test_secrets_that_both_set_are_dots(shop: Application, client: Client) -> None:
    stale = opened(client)
    client.post(VALUES, opened(client) | {"value-DB_PASSWORD": "theirs-4711"})
    page = client.post(VALUES, stale | {"value-DB_PASSWORD": "mine-4711"})
    summary = page.context["values"].meanwhile
    assert [(item.was, item.theirs) for item in summary.asked] == [("not set", "••••••")]
    assert "4711" not in page.text
    assert held(shop, "DB_PASSWORD") == "theirs-4711"


def test_giving_back_what_another_set_anew_is_asked(shop: Application, client: Client) -> None:
    client.post(VALUES, {"value-WORKERS": "3"})
    stale = opened(client)
    client.post(VALUES, opened(client) | {"value-WORKERS": "4"})
    page = client.post(VALUES, stale | {"default-WORKERS": "on"})
    summary = page.context["values"].meanwhile
    assert [(item.was, item.theirs, item.mine) for item in summary.asked] == [("3", "4", "the default, 2")]
    data = {summary.asked[0].name: "ours", "against": summary.stand}
    client.post(VALUES, stale | {"default-WORKERS": "on"} | data)
    assert all_held(shop) == {}


def test_a_rotated_secret_that_a_database_keeps_is_warned_of(shop: Application, client: Client) -> None:
    client.post(VALUES, {"value-WORKERS": "2", "value-DB_PASSWORD": "hunter2"})
    first = client.post(VALUES, {"new-DB_PASSWORD": "on", "preview": "1"})
    assert [item.caution for item in first.context["foreseen"]] == ["", ""]
    for row in shop.components.all():
        row.applied = row.desired
        row.save()
    shop.values.update(applied=Secret("hunter2"))
    page = client.post(VALUES, {"new-DB_PASSWORD": "on", "preview": "1"})
    cautions = {item.key: item.caution for item in page.context["foreseen"]}
    assert cautions == {
        "web": "",
        "db": "db keeps data in the volume data, and may have the old DB_PASSWORD in there: a new one outside does not "
        "change it inside. Change it inside db first, then apply",
    }
    assert cautions["db"] in page.text
    assert client.post(VALUES, {"new-DB_PASSWORD": "on"}).status_code == 302


def test_a_password_in_the_open_is_warned_of_too() -> None:
    before = changed(WEB_AND_DB, "db", env={"POSTGRES_PASSWORD": "one", "LANG": "C"})
    after = changed(WEB_AND_DB, "db", env={"POSTGRES_PASSWORD": "two", "LANG": "D", "API_TOKEN": "new"})
    assert plain_credentials(diff(before, after)) == {"POSTGRES_PASSWORD"}
