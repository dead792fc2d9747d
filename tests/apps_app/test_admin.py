"""The admin of applications: it lists, it validates documents, it leaves audit entries and shows no secret."""

import json
from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from apps_app.drivers.base import State
from apps_app.models import Application, Busy, Installation, Observation, Origin, RegistryLogin, ReleaseRecord, Value
from config.accounts.models import AuditEntry, Team, User
from tests.apps_app.rows import wanted
from tests.factories import TargetFactory, TemplateVersionFactory, application
from tests.specs import WEB_AND_DB

MODELS = [model for model in admin.site._registry if model._meta.app_label == "apps_app"]

NO_INLINES = {"origins-TOTAL_FORMS": 0, "origins-INITIAL_FORMS": 0}


@pytest.fixture
def client(client_of: Callable[[User], Client], superuser: User) -> Client:
    return client_of(superuser)


@pytest.fixture
def shop(team: Team) -> Application:
    version = TemplateVersionFactory.create(version="1.0")
    created = application(WEB_AND_DB, team=team, target=TargetFactory.create(team=team), slug="shop", name="Shop")
    installation = Installation.objects.create(application=created, template=version.template, version=version)
    Origin.objects.create(installation=installation, template_key="web", version=version)
    Value.objects.create(application=created, name="DB_PASSWORD", secret=True, desired="hunter2-very-secret")
    RegistryLogin.objects.create(team=team, host="shop.example", username="puller", password="hunter2-very-secret")
    Busy.objects.create(application=created, record_id=1, label="Upgrade", url="/upgrades/1/", by="ada")
    Observation.objects.create(component=created.components.get(key="web"), health=State.HEALTHY)
    ReleaseRecord.objects.create(
        team=team, application=created, application_label="Shop", template_label="Shop", version_label="1.0"
    )
    return created


def test_every_model_is_there() -> None:
    assert len(MODELS) >= 9


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_every_list_and_search_works(model: type, client: Client, shop: Application) -> None:
    name = f"admin:apps_app_{model._meta.model_name}"  # type: ignore[attr-defined]  # a model class
    assert client.get(reverse(f"{name}_changelist"), {"q": "shop"}).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_every_row_opens_and_shows_no_secret(model: type, client: Client, shop: Application) -> None:
    row = model.objects.first()  # type: ignore[attr-defined]  # a model class
    assert row is not None
    name = f"admin:apps_app_{model._meta.model_name}_change"  # type: ignore[attr-defined]  # a model class
    page = client.get(reverse(name, args=[row.pk]))
    assert page.status_code == 200
    assert "hunter2" not in page.text


def fields(client: Client, url: str) -> dict[str, object]:
    form = client.get(url).context["adminform"].form
    return {bound.html_name: value for bound in form if (value := bound.value()) not in (None, False)}


def test_a_document_is_printed_readably_and_its_faults_are_told(client: Client, shop: Application) -> None:
    web = shop.components.get(key="web")
    url = reverse("admin:apps_app_component_change", args=[web.pk])
    data = fields(client, url)
    assert str(data["desired"]).count("\n") > 5
    page = client.post(url, data | {"desired": json.dumps({"image": "a", "colour": "red", "replicas": "many"})})
    errors = str(page.context["adminform"].form.errors)
    assert "colour: is not known here" in errors
    assert "replicas" in errors
    assert wanted(shop, "web")["image"] == "${WEB_IMAGE}"


def test_a_fix_is_stored_and_noted(client: Client, shop: Application) -> None:
    Busy.objects.all().delete()
    web = shop.components.get(key="web")
    url = reverse("admin:apps_app_component_change", args=[web.pk])
    data = fields(client, url)
    answer = client.post(url, data | {"desired": json.dumps({"image": "fixed:1"})})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    web.refresh_from_db()
    assert web.desired == {"image": "fixed:1"}
    assert web.applied is None
    assert (web.revision, web.changed_by) == (2, "root")
    entry = AuditEntry.objects.about(web).get()
    assert (entry.verb, entry.team, entry.application) == ("edited in admin", shop.team, "shop")
    assert entry.data["fields"] == ["Desired"]
    assert "image ${WEB_IMAGE} → fixed:1" in entry.data["said"]


def test_what_is_on_the_target_is_shown_and_not_altered(client: Client, shop: Application) -> None:
    Busy.objects.all().delete()
    web = shop.components.get(key="web")
    web.applied = {"image": "there:1"}
    web.save()
    for row, remaining in ((web, ("applied", "applied_unknown", "stopped")), (shop, ("frame_applied", "imported"))):
        url = reverse(f"admin:apps_app_{row._meta.model_name}_change", args=[row.pk])
        before = {name: getattr(row, name) for name in remaining}
        typed = {name: json.dumps({"image": "typed:1"}) if "applied" in name else "on" for name in remaining}
        assert client.post(url, fields(client, url) | typed).status_code == 302
        row.refresh_from_db()
        assert {name: getattr(row, name) for name in remaining} == before
    assert "there:1" in client.get(reverse("admin:apps_app_component_change", args=[web.pk])).text


def test_nothing_is_fixed_while_a_record_is_at_work(client: Client, shop: Application) -> None:
    rows = (
        shop,
        shop.components.get(key="web"),
        shop.target,
        shop.installation,
        shop.installation.origins.get(),
    )
    for row in rows:
        assert row is not None
        url = reverse(f"admin:apps_app_{row._meta.model_name}_change", args=[row.pk])
        page = client.post(url, fields(client, url) | NO_INLINES)
        assert page.status_code == 200, row
        assert "is at work" in str(page.context["adminform"].form.errors), row


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"image": "a", "depends_on": {"nowhere": {}}}, "nowhere"),
        ({"image": "${NOWHERE}"}, "NOWHERE"),
        ({"image": "a", "mounts": {"/data": {"source": "nowhere"}}}, "nowhere"),
    ],
)
def test_a_component_is_held_against_the_whole(
    client: Client, shop: Application, document: dict[str, object], said: str
) -> None:
    Busy.objects.all().delete()
    web = shop.components.get(key="web")
    url = reverse("admin:apps_app_component_change", args=[web.pk])
    page = client.post(url, fields(client, url) | {"desired": json.dumps(document)})
    assert page.status_code == 200
    assert said in str(page.context["adminform"].form.errors["desired"])


def test_what_others_need_is_not_taken_away(client: Client, shop: Application) -> None:
    Busy.objects.all().delete()
    url = reverse("admin:apps_app_component_change", args=[shop.components.get(key="db").pk])
    page = client.post(url, fields(client, url) | {"desired": ""})
    assert "db" in str(page.context["adminform"].form.errors["desired"])


def test_a_frame_keeps_what_components_use(client: Client, shop: Application) -> None:
    Busy.objects.all().delete()
    url = reverse("admin:apps_app_application_change", args=[shop.pk])
    page = client.post(url, fields(client, url) | {"frame_desired": "{}"})
    assert "WEB_IMAGE" in str(page.context["adminform"].form.errors["frame_desired"])


def test_an_origin_stays_inside_its_template(client: Client, shop: Application) -> None:
    Busy.objects.all().delete()
    origin = shop.installation.origins.get()
    elsewhere = TemplateVersionFactory.create(version="9.0")
    url = reverse("admin:apps_app_origin_change", args=[origin.pk])
    page = client.post(url, fields(client, url) | {"version": elsewhere.pk})
    assert "is not a version of" in str(page.context["adminform"].form.errors["version"])


def test_a_target_in_use_keeps_its_kind_and_is_not_deleted(client: Client, shop: Application) -> None:
    Busy.objects.all().delete()
    url = reverse("admin:apps_app_target_change", args=[shop.target_id])
    page = client.post(url, fields(client, url) | {"kind": "git", "config": json.dumps({"path": "here"})})
    assert "Applications are on it" in str(page.context["adminform"].form.errors["kind"])
    assert client.post(reverse("admin:apps_app_target_delete", args=[shop.target_id])).status_code == 403
    unused = TargetFactory.create(team=shop.team)
    assert client.post(reverse("admin:apps_app_target_delete", args=[unused.pk]), {"post": "yes"}).status_code == 302
    assert AuditEntry.objects.get(verb="deleted in admin").label == unused.slug


def test_a_busy_application_leads_to_its_record(client: Client, shop: Application) -> None:
    assert '<a href="/upgrades/1/">Upgrade</a>' in client.get(reverse("admin:apps_app_busy_changelist")).text


def test_a_state_is_a_word(client: Client, shop: Application) -> None:
    Observation.objects.update(health=State.NOT_WRITTEN)
    page = client.get(reverse("admin:apps_app_observation_changelist")).text
    assert "Not written" in page


def test_a_bad_target_is_refused(client: Client, shop: Application) -> None:
    url = reverse("admin:apps_app_target_change", args=[shop.target_id])
    page = client.post(url, fields(client, url) | {"config": json.dumps({"colour": "red"})})
    assert "is not known" in str(page.context["adminform"].form.errors)
