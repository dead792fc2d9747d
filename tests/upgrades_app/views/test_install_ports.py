"""Ports that a version names itself, in the form of the install: free ones are proposed where they are taken."""

from pathlib import Path

import pytest
from django.urls import reverse

from apps_app.models import Target
from config.accounts.models import User
from templates_app.appspec.schema.parse import parse
from templates_app.models import AppTemplate
from tests.conftest import SignedIn
from tests.upgrades_app.road import carried_out, installed, memory_target, released
from tests.upgrades_app.views.pages import location, text_of
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db
LITERAL = parse({"components": {"web": {"image": "web:1", "ports": {"80/tcp": {"8080": {}}}}}})
PORT = "port:web 80/tcp 8080"


def install(template: AppTemplate) -> str:
    return f"{reverse('upgrades:install', args=[template.slug])}?version=1.0"


def test_a_free_port_is_proposed_in_place_of_the_templates_own(
    operator: User, template: AppTemplate, target: Target
) -> None:
    installed(released(template, "1.0", LITERAL), target, "First")
    client = SignedIn(operator)

    page = text_of(client.get(install(template)))
    assert "Port of web (the template publishes 8080)" in page
    assert f'name="{PORT}" value="8081"' in page
    assert "8080 is taken there by web of First; 8081 is free." in page
    assert "no port of it is taken on" in page
    answer = client.post(install(template), {"name": "Second", "target": target.pk, "ports": target.pk, PORT: "8081"})
    confirm = text_of(client.get(location(answer)))
    assert "port 80/tcp of web is published on 8081 (yours; the template publishes 8080)" in confirm
    assert "and so does" not in confirm

    record = UpgradeRecord.objects.get(status="planned")
    assert carried_out(record).succeeded
    assert list(record.subject.applied_spec().components["web"].ports["80/tcp"]) == ["8081"]


def test_a_taken_port_that_is_wanted_all_the_same_is_a_warning(
    operator: User, template: AppTemplate, target: Target
) -> None:
    installed(released(template, "1.0", LITERAL), target, "First")
    client = SignedIn(operator)
    warning = "web publishes 8080/tcp, and so does web of First on this target"
    data = {"name": "Second", "target": target.pk, "ports": target.pk, PORT: "8080"}

    page = text_of(client.get(location(client.post(install(template), data))))
    assert warning in page
    assert "#port-web-80-tcp-8080" in page

    repeated = text_of(client.post(install(template), {**data, "name": ""}))
    assert warning in repeated
    assert f'value="{PORT}=8081"' in repeated
    used = text_of(client.post(install(template), {**data, "again": f"{PORT}=8081"}))
    assert f'name="{PORT}" value="8081"' in used
    assert warning not in used


def test_ports_that_are_free_are_folded_away(operator: User, template: AppTemplate, target: Target) -> None:
    released(template, "1.0", LITERAL)

    page = text_of(SignedIn(operator).get(install(template)))

    folded = page.partition("<summary>Ports</summary>")[2].partition("</details>")[0]
    assert f'name="{PORT}" value="8080"' in folded


def test_a_port_of_the_template_is_looked_at_when_it_is_posted(
    operator: User, template: AppTemplate, target: Target, tmp_path: Path
) -> None:
    installed(released(template, "1.0", LITERAL), target, "First")
    memory_target(target.team, f"{tmp_path}")

    page = text_of(SignedIn(operator).post(install(template), {"name": "Second", "target": target.pk, PORT: "8080"}))

    assert "A port is taken on this target." in page
    assert f'name="{PORT}" value="8081"' in page
    assert not UpgradeRecord.objects.filter(status="planned").exists()


@pytest.mark.parametrize("port", ["0", "70000", "web", ""])
def test_what_is_no_port_is_said_at_its_field(operator: User, template: AppTemplate, target: Target, port: str) -> None:
    released(template, "1.0", LITERAL)
    data = {"name": "Second", "target": target.pk, "ports": target.pk, PORT: port}

    page = text_of(SignedIn(operator).post(install(template), data))

    assert 'aria-invalid="true"' in page
    assert not UpgradeRecord.objects.exists()


def test_two_host_ports_of_one_port_stay_two(operator: User, template: AppTemplate, target: Target) -> None:
    two = parse({"components": {"web": {"image": "web:1", "ports": {"80/tcp": {"8080": {}, "8081": {}}}}}})
    released(template, "1.0", two)
    data = {"name": "Second", "target": target.pk, "ports": target.pk, PORT: "9000", "port:web 80/tcp 8081": "9000"}
    answer = SignedIn(operator).post(install(template), data)
    assert "Another host port of the same port has this number." in text_of(answer)
    assert not UpgradeRecord.objects.exists()
