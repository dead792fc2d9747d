"""The admin of applications: it lists, it validates documents, it leaves audit entries and shows no secret."""

import json
from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from apps_app.drivers.base import State
from apps_app.models import Application, Busy, Installation, Observation, Origin, ReleaseRecord, Value
from config.accounts.models import AuditEntry, Team, User
from tests.apps_app.rows import wanted
from tests.factories import TargetFactory, TemplateVersionFactory, application
from tests.specs import WEB_AND_DB

MODELS = [model for model in admin.site._registry if model._meta.app_label == "apps_app"]


@pytest.fixture
def client(client_of: Callable[[User], Client], superuser: User) -> Client:
    return client_of(superuser)


@pytest.fixture
def shop(team: Team) -> Application:
    version = TemplateVersionFactory.create(version="1.0")
    made = application(WEB_AND_DB, team=team, target=TargetFactory.create(team=team), slug="shop", name="Shop")
    installation = Installation.objects.create(application=made, template=version.template, version=version)
    Origin.objects.create(installation=installation, template_key="web", version=version)
    Value.objects.create(application=made, name="DB_PASSWORD", secret=True, desired="hunter2-very-secret")
    Busy.objects.create(application=made, record_id=1, label="Upgrade", url="/upgrades/1/", by="ada")
    Observation.objects.create(component=made.components.get(key="web"), health=State.HEALTHY)
    ReleaseRecord.objects.create(
        team=team, application=made, application_label="Shop", template_label="Shop", version_label="1.0"
    )
    return made


def test_every_model_is_there() -> None:
    assert len(MODELS) == 9


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
    web = shop.components.get(key="web")
    url = reverse("admin:apps_app_component_change", args=[web.pk])
    data = fields(client, url)
    assert client.post(url, data | {"desired": json.dumps({"image": "fixed:1"})}).status_code == 302
    web.refresh_from_db()
    assert web.desired == {"image": "fixed:1"}
    assert web.applied is None
    assert AuditEntry.objects.about(web).get().verb == "edited in admin"


def test_a_bad_target_is_refused(client: Client, shop: Application) -> None:
    url = reverse("admin:apps_app_target_change", args=[shop.target_id])
    page = client.post(url, fields(client, url) | {"config": json.dumps({"colour": "red"})})
    assert "is not known" in str(page.context["adminform"].form.errors)
