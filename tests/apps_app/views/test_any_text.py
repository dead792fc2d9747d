"""Whatever is typed into a form of a document: refused beside its field, or all pages go on opening."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps_app.models import Application
from config.accounts.models import Team, User
from templates_app.appspec.schema.parse import parse_spec
from tests.apps_app.forms.as_browser import sent_html
from tests.factories import TargetFactory, application

type SignIn = Callable[[User], Client]

FULL = parse_spec(
    {
        "parameters": {"WORKERS": {"default": "2"}},
        "components": {
            "web": {
                "image": "web:1",
                "env": {"LEVEL": "debug"},
                "ports": {"80/tcp": {"8080": {}}},
                "mounts": {"/data": {"source": "data"}},
                "config_files": {"/etc/web.conf": {"content": "a = 1"}},
                "probes": {"liveness": {"shell": "true"}},
                "networks": {"back": {}},
                "depends_on": {"db": {}},
                "labels": {"team": "shop"},
                "engine": {"cap_add": ["NET_ADMIN"]},
            },
            "db": {"image": "db:1"},
        },
        "volumes": {"data": {"driver": "local"}},
        "networks": {"back": {"driver": "bridge"}},
    }
)
FORMS = ("component-add", "component-edit", "component-fields", "frame", "parameters")
PAGES = ("topology", "component", "settings", "component-fields")
OTHERS = ("upgrades:changes", "apps:publish")
AWKWARD = (
    "/etc",
    "my data",
    "./data",
    "dätä",
    "a b",
    "${",
    "${X",
    "$",
    "{}",
    "[",
    ".inf",
    '"\\0"',
    '"\\ud800"',
    "é/tcp",
)
TEXT = st.sampled_from(AWKWARD) | st.text(max_size=12)
HIDDEN = ("csrfmiddlewaretoken", "opened", "_FORMS", "-rows", "-was")


@pytest.fixture
def shop(team: Team) -> Application:
    target = TargetFactory.create(team=team)
    return application(FULL, applied=FULL, team=team, slug="shop", name="Shop", target=target)


@pytest.fixture
def source(team: Team) -> Application:
    return application(FULL, team=team, slug="source", name="Source")


def address(form: str, slug: str) -> str:
    return reverse(f"apps:{form}", args=[slug, "web"] if form in ("component", *FORMS[1:3]) else [slug])


def filled(client: Client, url: str) -> dict[str, Any]:
    html = client.get(url).text
    start = html.index('id="fields"') if 'id="fields"' in html else html.index("<form method")
    return sent_html(html[start:]).dict()


def failing(client: Client, slug: str) -> dict[str, int]:
    pages = [*(address(page, slug) for page in PAGES), *(reverse(page, args=[slug]) for page in OTHERS)]
    return {page: status for page in pages if (status := client.get(page).status_code) != 200}


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), text=TEXT)
def test_any_text_is_refused_or_leaves_pages_that_open(
    shop: Application, source: Application, client_of: SignIn, owner: User, form: str, data: st.DataObject, text: str
) -> None:
    slug = "source" if form == "parameters" else "shop"
    client, url = client_of(owner), address(form, slug)
    sent = filled(client, url)
    field = data.draw(st.sampled_from([name for name in sorted(sent) if not name.endswith(HIDDEN)]))
    with transaction.atomic():
        answer = client.post(
            url, {**sent, **({"key": "cache", "image": "cache:1"} if "key" in sent else {}), field: text}
        )
        assert answer.status_code in (200, 302)
        if answer.status_code == 302:
            assert failing(client, slug) == {}
        transaction.set_rollback(True)
