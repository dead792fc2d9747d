"""Installing a version as a new application."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from apps_app.models import Application, Target
from config.accounts.models import User
from templates_app.appspec.schema.parse import parse_spec
from templates_app.models import AppTemplate, TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.upgrade_helpers import carried_out, installed, memory_target, released
from tests.upgrades_app.views.pages import HTMX, location, text_of
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db

ASKS = parse_spec(
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
    assert "generated if empty" in page
    assert "value:IMAGE" not in page


def test_the_choice_of_a_version_changes_the_form(operator: User, asks: TemplateVersion, target: Target) -> None:
    released(asks.template, "2.0", parse_spec({"components": {"web": {"image": "web:2"}}}))
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


def test_what_does_not_hold_together_is_said_in_words(operator: User, template: AppTemplate, target: Target) -> None:
    broken = parse_spec({"components": {"web": {"image": "web", "depends_on": {"nobody": {}}}}})
    released(template, "1.0", broken)

    page = text_of(SignedIn(operator).post(install(template), {"name": "Copy", "target": target.pk}))

    assert "web, dependency on nobody: unknown component nobody" in page
    assert "components.web" not in page


def test_a_target_of_another_team_is_no_choice(
    operator: User, stranger: User, asks: TemplateVersion, target: Target
) -> None:
    target.team = stranger.memberships.get().team
    target.save()

    page = text_of(SignedIn(operator).get(install(asks.template)))

    assert "No target" in page
    SignedIn(operator).post(install(asks.template), form(target))
    assert not Application.objects.exists()


def test_a_viewer_is_told_who_may(viewer: User, asks: TemplateVersion, target: Target) -> None:
    page = text_of(SignedIn(viewer).get(install(asks.template)))

    assert f"Operators of team {asks.template.team.name} can install this." in page
    assert "No target" not in page


def test_three_people(viewer: User, stranger: User, asks: TemplateVersion, target: Target) -> None:
    assert SignedIn(viewer).get(install(asks.template)).status_code == 200
    SignedIn(viewer).post(install(asks.template), form(target))
    assert not Application.objects.exists()
    assert SignedIn(stranger).get(install(asks.template)).status_code == 404


def test_a_template_without_a_released_version(operator: User, template: AppTemplate) -> None:
    assert "No released version" in text_of(SignedIn(operator).get(install(template)))


PORTS = parse_spec(
    {
        "parameters": {"WEB_PORT": {}, "URL": {"description": "Where it is seen."}},
        "components": {
            "web": {
                "image": "web:1",
                "ports": {"80/tcp": {"${WEB_PORT:-8080}": {}}},
                "env": {"URL": "${URL:-http://localhost}"},
            }
        },
    }
)


def test_what_stands_in_for_an_empty_value_is_said(operator: User, template: AppTemplate, target: Target) -> None:
    released(template, "1.0", PORTS)

    page = text_of(SignedIn(operator).get(install(template)))

    assert 'placeholder="http://localhost"' in page
    assert "Where it is seen. Default if empty: http://localhost." in page


def test_a_taken_port_is_told_and_a_free_one_proposed(operator: User, template: AppTemplate, target: Target) -> None:
    installed(released(template, "1.0", PORTS), target, "First")
    client = SignedIn(operator)

    page = text_of(client.get(install(template)))

    assert 'name="value:WEB_PORT" value="8081"' in page
    assert "8080 is in use by application First (web); 8081 is available." in page


def test_without_a_chosen_target_the_port_is_looked_at_when_it_is_posted(
    operator: User, template: AppTemplate, target: Target, tmp_path: Path
) -> None:
    version = released(template, "1.0", PORTS)
    installed(version, target, "First")
    memory_target(target.team, f"{tmp_path}")
    client = SignedIn(operator)
    data = {"name": "Second", "target": target.pk, "value:WEB_PORT": "", "value:URL": "", "ports": ""}
    assert "8081" not in text_of(client.get(install(template)))

    held_up = text_of(client.post(install(template), data))

    assert "A port is in use on this target." in held_up
    assert 'name="value:WEB_PORT" value="8081"' in held_up
    assert not UpgradeRecord.objects.filter(status="planned").exists()
    answer = client.post(install(template), {**data, "value:WEB_PORT": "8081", "ports": target.pk})
    assert location(answer).endswith("/confirm/")


def test_another_target_shows_the_form_again_with_what_was_typed(
    operator: User, template: AppTemplate, target: Target
) -> None:
    installed(released(template, "1.0", PORTS), target, "First")
    data = {"name": "Mine", "target": target.pk, "value:WEB_PORT": "", "value:URL": "http://x", "refresh": "yes"}

    part = text_of(SignedIn(operator).post(install(template), data, headers=HTMX))

    assert part.startswith('<form method="post"')
    assert 'value="Mine"' in part
    assert 'value="http://x"' in part
    assert 'value="8081"' in part
    assert not UpgradeRecord.objects.filter(status="planned").exists()


def test_going_back_from_the_confirm_changes_the_plan_and_leaves_none_behind(
    operator: User, asks: TemplateVersion, target: Target
) -> None:
    client = SignedIn(operator)
    confirm = location(client.post(install(asks.template), form(target)))
    first = UpgradeRecord.objects.get()
    back = f"{install(asks.template)}&plan={first.pk}"
    assert f"plan={first.pk}" in text_of(client.get(confirm))

    assert 'value="shop.example"' in text_of(client.get(back))
    client.post(back, form(target, name="Copy", **{"value:ADDRESS": "other.example"}))

    second = UpgradeRecord.objects.get(status="planned")
    assert second.choices["values"] == {"ADDRESS": "other.example"}
    assert Application.objects.get().slug == "copy"
    first.refresh_from_db()
    assert first.status == "discarded"


def test_the_plan_of_another_team_is_not_replaced(
    operator: User, asks: TemplateVersion, target: Target, stranger: User
) -> None:
    SignedIn(operator).post(install(asks.template), form(target))
    record = UpgradeRecord.objects.get()
    theirs = stranger.memberships.get().team
    UpgradeRecord.objects.update(team=theirs)

    assert "shop.example" not in text_of(SignedIn(operator).get(f"{install(asks.template)}&plan={record.pk}"))
