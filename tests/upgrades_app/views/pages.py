"""What the tests of these pages share."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from apps_app.actions.save_component import save_component
from apps_app.models import Application
from config.accounts.access.actor import Actor
from tests.specs import changed
from tests.upgrades_app.road import fresh
from upgrades_app.actions.build_plan import propose
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.models import UpgradeRecord

BOB = Actor.system("bob")
HTMX = {"HX-Request": "true"}


def details(application: Application, to: str = "1.1") -> str:
    return f"{reverse('upgrades:details', args=[application.slug])}?to={to}"


def text_of(answer: Any) -> str:
    """The page, with one blank where its source has several or begins a line."""
    return " ".join(answer.content.decode().split())


def post(client: Client, url: str, **answers: Any) -> Any:
    """Posts with the fingerprint that the page shows."""
    page = text_of(client.get(url))
    shown = re.search(r'name="fingerprint" value="([^"]*)"', page)
    assert shown is not None, page
    return client.post(url, {"fingerprint": shown[1], **answers})


def edited(application: Application, key: str, **fields: Any) -> Application:
    """The application after bob changed fields of one component."""
    application = fresh(application)
    row = application.components.get(key=key)
    after = changed(application.desired_spec(), key, **fields).components[key]
    save_component(application, BOB, key=key, component=after, revision=row.revision)
    return fresh(application)


def planned(application: Application, to: Any, kind: Kind = Kind.UPGRADE) -> UpgradeRecord:
    return store(propose(fresh(application), kind, to, Answers()), BOB)


def confirmed(client: Client, record: UpgradeRecord, **data: Any) -> Any:
    url = reverse("upgrades:confirm", args=[record.pk])
    return client.post(url, {"digest": record.digest, "policy": "roll_back", "reason": "", **data})


def location(answer: Any) -> str:
    text: str = answer.headers["Location"]
    return text
