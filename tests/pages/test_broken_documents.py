"""A document that is broken in the database anyway: every page says so, it can be mended, others are not harmed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.models import Application, Component
from config.accounts.models import Team, User
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from tests.conftest import SignedIn
from tests.factories import TargetFactory, application
from tests.pages.places import places, upload_again
from tests.pages.scene import Scene, scene

type SignIn = Callable[[User], Client]
SOUND = parse({"components": {"web": {"image": "web:1"}, "db": {"image": "db:1"}}, "volumes": {"data": {}}})


def by_frame(broken: Application) -> None:
    broken.frame_desired = {**broken.frame_desired, "volumes": {"/etc": {}}, "bogus": 1}
    broken.save()


def by_component(broken: Application) -> None:
    row = broken.components.get(key="web")
    row.desired = {**(row.desired or {}), "mounts": {"/data": 7}, "replicas": "many"}
    row.save()


def by_whole_component(broken: Application) -> None:
    broken.components.filter(key="web").update(desired=["no", "document"])


def by_applied(broken: Application) -> None:
    broken.components.filter(key="web").update(applied={"image": 3})
    Application.objects.filter(pk=broken.pk).update(frame_applied=[1])


BREAKS = (by_frame, by_component, by_whole_component, by_applied)


def pages_of(held: Scene) -> Iterator[str]:
    for addresses in places(held).values():
        yield from addresses


@pytest.mark.django_db
@pytest.mark.parametrize("spoil", BREAKS)
def test_no_page_fails(tmp_path: Path, spoil: Callable[[Application], None]) -> None:
    held = scene(tmp_path)
    client = SignedIn(held.owner)
    upload_again(client, held)
    for item in (held.source, held.copy, held.clash, held.broken, held.imported):
        spoil(Application.objects.get(pk=item.pk))
    answers = {address: client.get(address).status_code for address in pages_of(held)}
    assert {address: status for address, status in answers.items() if status >= 500} == {}
    assert client.get(reverse("apps:list")).status_code == 200
    assert client.get(held.moved.get_absolute_url()).status_code == 200


@pytest.fixture
def shop(team: Team) -> Application:
    target = TargetFactory.create(team=team)
    return application(SOUND, applied=SOUND, team=team, slug="shop", name="Shop", target=target)


@pytest.fixture
def client(client_of: SignIn, operator: User) -> Client:
    return client_of(operator)


def wanted(shop: Application) -> AppSpec:
    return Application.objects.get(pk=shop.pk).desired_spec()


def test_pages_name_the_place_in_words(shop: Application, client: Client) -> None:
    by_frame(shop)
    for name in ("topology", "components", "settings"):
        html = client.get(reverse(f"apps:{name}", args=["shop"])).text
        assert "Part of Shop cannot be read" in html
        assert "volume /etc: &#x27;/etc&#x27; is not of the right form" in html
    html = client.get(reverse("upgrades:changes", args=["shop"])).text
    assert "cannot be read in full" in html
    assert "volume /etc" in html


def test_a_page_that_cannot_be_made_says_why(shop: Application, client: Client) -> None:
    by_frame(shop)
    answer = client.get(reverse("upgrades:copy", args=["shop"]))
    assert answer.status_code == 409
    assert "volume /etc" in answer.text
    part = client.get(reverse("upgrades:copy", args=["shop"]), headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == reverse("upgrades:copy", args=["shop"])


@pytest.mark.parametrize("spoil", BREAKS[:3])
def test_discarding_all_mends_it(shop: Application, client: Client, spoil: Callable[[Application], None]) -> None:
    spoil(shop)
    assert (
        reverse("upgrades:changes-discard", args=["shop"])
        in client.get(reverse("upgrades:changes", args=["shop"])).text
    )
    assert client.post(reverse("upgrades:changes-discard", args=["shop"])).status_code == 302
    assert wanted(shop) == SOUND


@pytest.mark.parametrize("spoil", BREAKS[:3])
def test_removing_the_component_mends_it(
    shop: Application, client: Client, spoil: Callable[[Application], None]
) -> None:
    spoil(shop)
    assert client.post(reverse("apps:component-remove", args=["shop", "web"])).status_code == 302
    assert set(wanted(shop).components) == {"db"}


@pytest.mark.parametrize("spoil", BREAKS[:3])
def test_editing_the_component_mends_it(
    shop: Application, client: Client, spoil: Callable[[Application], None]
) -> None:
    spoil(shop)
    url = reverse("apps:component-edit", args=["shop", "web"])
    assert client.get(url).status_code == 200
    rows = {f"{name}-{field}_FORMS": "0" for name in ("env", "ports", "volumes") for field in ("TOTAL", "INITIAL")}
    opened = client.get(url).context["form"]["opened"].value()
    assert client.post(url, {"image": "web:2", "opened": opened, **rows}).status_code == 302
    assert wanted(shop).components["web"].image == "web:2"


def test_the_admin_mends_it(shop: Application, client_of: SignIn, superuser: User) -> None:
    by_whole_component(shop)
    row = Component.objects.get(application=shop, key="web")
    url = reverse("admin:apps_app_component_change", args=[row.pk])
    client = client_of(superuser)
    assert client.get(url).status_code == 200
    assert client.post(url, {"desired": '{"image": "web:3"}'}).status_code == 302
    assert wanted(shop).components["web"].image == "web:3"


def test_a_document_that_would_not_read_again_is_never_written(shop: Application, client: Client) -> None:
    url = reverse("apps:frame", args=["shop"])
    answer = client.post(url, {"volumes-rows": "1", "volumes-0-at": "bad name", "networks-rows": "0"})
    assert answer.status_code == 200
    assert "is not of the right form: letters, digits" in answer.text
    assert answer.context["forms"].tables["volumes"].rows[0].errors["at"]
    assert wanted(shop) == SOUND
