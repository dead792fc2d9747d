"""Installing a version as a new application."""

from typing import Any

import pytest
from django.urls import reverse

from apps_app.models import Application, Target
from config.accounts.models import User
from templates_app.models import AppTemplate, TemplateVersion
from templates_app.spec.parse import parse
from tests.conftest import SignedIn
from tests.upgrades_app.road import carried_out, released
from tests.upgrades_app.views.pages import HTMX, location, text_of
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db

ASKS = parse(
    {
        "parameters": {
            "LEVEL": {"label": "Level", "default": "info", "choices": ["debug", "info"]},
            "ADDRESS": {"label": "Address", "required": True},
            "TOKEN": {"label": "Token", "required": True, "secret": True, "generate": "hex:16"},
            "IMAGE": {"default": "web:1", "fixed": True},
        },
        "components": {
            "web": {"image": "${IMAGE}", "env": {"L": "${LEVEL}", "A": "${ADDRESS}", "T": "${TOKEN}"}},
        },
    }
)


@pytest.fixture
def asks(template: AppTemplate) -> TemplateVersion:
    return released(template, "1.0", ASKS)


def install(template: AppTemplate, version: str = "1.0") -> str:
    return f"{reverse('upgrades:install', args=[template.slug])}?version={version}"


def form(target: Target, **data: Any) -> dict[str, Any]:
    return {"name": "Copy", "target": target.pk, "value:LEVEL": "info", "value:ADDRESS": "shop.example", **data}


def test_asks_for_what_the_version_leaves_open(operator: User, asks: TemplateVersion, target: Target) -> None:
    page = text_of(SignedIn(operator).get(install(asks.template)))

    assert 'name="value:ADDRESS"' in page
    assert '<option value="info" selected >' in page
    assert "generated unless you type one" in page
    assert "value:IMAGE" not in page


def test_the_choice_of_a_version_changes_the_form(operator: User, asks: TemplateVersion, target: Target) -> None:
    released(asks.template, "2.0", parse({"components": {"web": {"image": "web:2"}}}))
    client = SignedIn(operator)

    assert "value:ADDRESS" not in text_of(client.get(reverse("upgrades:install", args=[asks.template.slug])))
    part = text_of(client.get(install(asks.template), headers=HTMX))
    assert part.lstrip().startswith('<form method="post"')
    assert "value:ADDRESS" in part


def test_plans_confirms_and_installs(operator: User, asks: TemplateVersion, target: Target) -> None:
    client = SignedIn(operator)

    answer = client.post(install(asks.template), form(target))

    record = UpgradeRecord.objects.get()
    assert location(answer) == reverse("upgrades:confirm", args=[record.pk])
    page = text_of(client.get(location(answer)))
    assert "Install Shop 1.0 as Copy?" in page
    assert "TOKEN" in page
    assert carried_out(record).succeeded
    values = {row.name: row.source for row in Application.objects.get().values.all()}
    assert values == {"ADDRESS": "set", "TOKEN": "generated"}


def test_what_is_wrong_is_said_and_nothing_is_left_behind(
    operator: User, asks: TemplateVersion, target: Target
) -> None:
    client = SignedIn(operator)

    missing = client.post(install(asks.template), form(target, **{"value:ADDRESS": ""}))
    wrong = client.post(install(asks.template), form(target, **{"value:LEVEL": "loud"}))

    assert "This field is required" in text_of(missing)
    assert "Select a valid choice" in text_of(wrong)
    assert 'value="Copy"' in text_of(wrong)
    assert not Application.objects.exists()
    assert not UpgradeRecord.objects.exists()


def test_a_target_of_another_team_is_no_choice(
    operator: User, stranger: User, asks: TemplateVersion, target: Target
) -> None:
    target.team = stranger.memberships.get().team
    target.save()

    page = text_of(SignedIn(operator).get(install(asks.template)))

    assert "No target to install on" in page
    SignedIn(operator).post(install(asks.template), form(target))
    assert not Application.objects.exists()


def test_three_people(viewer: User, stranger: User, asks: TemplateVersion, target: Target) -> None:
    assert SignedIn(viewer).get(install(asks.template)).status_code == 200
    SignedIn(viewer).post(install(asks.template), form(target))
    assert not Application.objects.exists()
    assert SignedIn(stranger).get(install(asks.template)).status_code == 404


def test_a_template_without_a_released_version(operator: User, template: AppTemplate) -> None:
    assert "No released version" in text_of(SignedIn(operator).get(install(template)))
