"""The page on which an application is copied."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.models import Application
from config.accounts.models import User
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
    assert "An installation of Shop 1.0, to be upgraded like this one" in page.text
    assert "Volumes start empty: what is in data stays with Copy." in page.text
    answer = client.post(url, sent(copy))
    record = UpgradeRecord.objects.get(application__name="Second")
    assert answer["Location"] == reverse("upgrades:confirm", args=[record.pk])
    assert record.reason == "A copy of Copy."


def test_a_source_of_its_own(copy: Application, client_of: SignIn, operator: User) -> None:
    url = reverse("upgrades:copy", args=[copy.slug])
    wrong = client_of(operator).post(url, sent(copy, target=""))
    assert "needs a target" in wrong.context["form"].errors["target"][0]
    answer = client_of(operator).post(url, sent(copy, target="", what="independent"))
    second = Application.objects.get(name="Second")
    assert answer["Location"] == second.get_absolute_url()
    assert (second.target, second.installed()) == (None, None)


def test_who_may(copy: Application, client_of: SignIn, viewer: User, stranger: User) -> None:
    url = reverse("upgrades:copy", args=[copy.slug])
    assert client_of(viewer).post(url, sent(copy)).status_code == 403
    assert client_of(stranger).post(url, sent(copy)).status_code == 404
    assert Application.objects.count() == 1
