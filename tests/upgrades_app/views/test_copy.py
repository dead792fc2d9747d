"""The page on which an application is copied."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.models import Application
from config.accounts.models import User
from templates_app.appspec.schema.component import PortOptions
from tests.apps_app.publishing import edited
from tests.specs import changed
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db
type SignIn = Callable[[User], Client]


def sent(of: Application, **more: object) -> dict[str, object]:
    assert of.target is not None
    first = {"name": "Second", "what": "keep", "target": of.target.pk, "team": of.team.pk, "secrets": "copied"}
    return {**first, **more}


def test_it_leads_to_the_confirm(copy: Application, client_of: SignIn, operator: User) -> None:
    client, url = client_of(operator), reverse("upgrades:copy", args=[copy.slug])
    page = client.get(url)
    assert "Shop 1.0, upgradable like the original" in page.text
    assert "<strong>Volumes start empty.</strong> Data in data is not copied." in page.text
    ports = {field.html_name: field.value() for field in page.context["ports"]}
    answer = client.post(url, sent(copy, ports=page.context["port_target"], **ports))
    record = UpgradeRecord.objects.get(application__name="Second")
    assert answer["Location"] == reverse("upgrades:confirm", args=[record.pk])
    assert record.reason == "Copy of Copy."


def test_a_source_of_its_own(copy: Application, client_of: SignIn, operator: User) -> None:
    url = reverse("upgrades:copy", args=[copy.slug])
    wrong = client_of(operator).post(url, sent(copy, target=""))
    assert "needs a target" in wrong.context["form"].errors["target"][0]
    answer = client_of(operator).post(url, sent(copy, target="", what="independent"))
    second = Application.objects.get(name="Second")
    assert answer["Location"] == second.get_absolute_url()
    assert (second.target, second.get_installation()) == (None, None)


def test_who_may(copy: Application, client_of: SignIn, viewer: User, stranger: User) -> None:
    url = reverse("upgrades:copy", args=[copy.slug])
    assert client_of(viewer).post(url, sent(copy)).status_code == 403
    assert client_of(stranger).post(url, sent(copy)).status_code == 404
    assert Application.objects.count() == 1


@pytest.fixture
def published(copy: Application) -> Application:
    return edited(copy, changed(copy.desired_spec(), "web", ports={"80/tcp": {"8080": {}}}))


def test_a_free_port_is_proposed_and_taken(published: Application, client_of: SignIn, operator: User) -> None:
    client, url = client_of(operator), reverse("upgrades:copy", args=[published.slug])
    page = client.get(url)
    assert "8080 is in use by application Copy (web); 8081 is available." in page.text
    assert page.context["ports"]["port-0"].value() == 8081
    stand = {"ports": page.context["port_target"]}
    assert client.post(url, sent(published, **stand, **{"port-0": "0"})).context["ports"].errors
    assert client.post(url, sent(published, **stand, **{"port-0": "8099"})).status_code == 302
    second = Application.objects.get(name="Second")
    assert second.desired_spec().components["web"].ports == {"80/tcp": {"8099": PortOptions()}}


def test_another_target_is_asked_before_its_ports_are_taken(
    published: Application, client_of: SignIn, operator: User
) -> None:
    assert published.target is not None
    client, url = client_of(operator), reverse("upgrades:copy", args=[published.slug])
    held_up = client.post(url, sent(published))
    assert "An available port is suggested below" in held_up.text
    assert held_up.context["ports"]["port-0"].value() == 8081
    assert not Application.objects.filter(name="Second").exists()
    part = client.post(url, sent(published, refresh="yes", target=""), headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith("<form")
    assert not part.context["ports"].proposals
    assert 'value="Second"' in part.text
