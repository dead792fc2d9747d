"""The end of an application: deleted, or forgotten, by whom and with what left."""

from pathlib import Path

import pytest
from django.urls import reverse

from apps_app.models import Application, Busy, Component, ReleaseRecord, Target, Value
from config.accounts.access.actor import Actor
from config.accounts.models import AuditEntry, Team, User
from config.accounts.sealing.sealed import Secret
from templates_app.models import TemplateVersion
from tests.apps_app.publishing import draft, released, source
from tests.conftest import SignedIn
from tests.factories import TargetFactory, application
from tests.specs import WEB_AND_DB
from tests.upgrades_app.road import fresh, git_target, installed, moved
from upgrades_app.actions.build_plan import propose
from upgrades_app.actions.expire import expire
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("ada")


@pytest.fixture
def target(team: Team) -> Target:
    created: Target = TargetFactory.create(team=team, slug="engine")
    return created


@pytest.fixture
def shop(team: Team, target: Target) -> Application:
    created = application(WEB_AND_DB, team=team, slug="shop", name="Shop", target=target)
    Value.objects.create(application=created, name="DB_PASSWORD", secret=True, desired=Secret("hunter2"))
    return created


@pytest.fixture
def running(team: Team, target: Target) -> Application:
    return application(WEB_AND_DB, applied=WEB_AND_DB, team=team, slug="running", name="Running", target=target)


def delete(of: Application) -> str:
    return reverse("apps:delete", args=[of.slug])


def forget(of: Application) -> str:
    return reverse("apps:forget", args=[of.slug])


def test_three_people(
    shop: Application, running: Application, owner: User, operator: User, viewer: User, stranger: User
) -> None:
    for client, status in ((SignedIn(viewer), 403), (SignedIn(stranger), 404)):
        for url in (delete(shop), delete(running), forget(running)):
            assert client.get(url).status_code == status
            assert client.post(url, {"understood": "on"}).status_code == status
    assert SignedIn(operator).post(forget(running), {"understood": "on"}).status_code == 403
    assert SignedIn(operator).get(delete(shop)).status_code == 200
    assert SignedIn(owner).get(forget(running)).status_code == 200
    assert Application.objects.count() == 2


def test_what_is_on_no_target_is_deleted(shop: Application, operator: User) -> None:
    client = SignedIn(operator)
    assert delete(shop) in client.get(reverse("apps:settings", args=["shop"])).text
    page = client.get(delete(shop)).text
    assert "What goes here: 2 components (db and web) and its value." in page
    assert "Data in volumes that were kept on engine stays there: data." in page
    answer = client.post(delete(shop), follow=True)
    assert answer.redirect_chain == [(reverse("apps:list"), 302)]
    assert "Shop is deleted." in answer.text
    assert not Application.objects.exists()
    assert not Component.objects.exists()
    entry = AuditEntry.objects.get(verb="deleted")
    assert (entry.actor, entry.label, entry.url) == ("operator", "Shop", "/apps/shop/")


def test_what_is_on_its_target_is_uninstalled_first(running: Application, operator: User) -> None:
    client = SignedIn(operator)
    settings = client.get(reverse("apps:settings", args=["running"])).text
    assert delete(running) not in settings
    assert forget(running) not in settings
    page = client.get(delete(running)).text
    assert "db and web are still on engine. Uninstall it first" in page
    assert "Delete</button>" not in page
    assert "Uninstall it first" in client.post(delete(running)).text
    assert Application.objects.exists()


def test_an_owner_forgets_it_knowing_what_stays(running: Application, owner: User) -> None:
    client = SignedIn(owner)
    assert forget(running) in client.get(reverse("apps:settings", args=["running"])).text
    assert "db and web and their volumes stay on engine" in client.get(forget(running)).text
    assert "Tick this." in client.post(forget(running)).text
    assert Application.objects.exists()
    assert client.post(forget(running), {"understood": "on"}).status_code == 302
    assert not Application.objects.exists()
    entry = AuditEntry.objects.get(verb="forgot")
    assert entry.data == {"target": "engine", "left behind": ["db", "web"]}


def test_what_is_nowhere_is_not_forgotten(shop: Application, owner: User) -> None:
    assert "Delete it instead" in SignedIn(owner).post(forget(shop), {"understood": "on"}).text
    assert Application.objects.exists()


def test_nothing_ends_while_a_record_is_at_work(shop: Application, running: Application, owner: User) -> None:
    for item in (shop, running):
        Busy.objects.create(application=item, record_id=1, label="Upgrade 1.0 → 1.1", url="/upgrades/1/", by="ada")
    page = SignedIn(owner).post(delete(shop)).text
    assert "Upgrade 1.0 → 1.1 is at work, begun by ada" in page
    assert 'href="/upgrades/1/"' in page
    assert "is at work" in SignedIn(owner).post(forget(running), {"understood": "on"}).text
    assert Application.objects.count() == 2


def test_records_outlive_it_with_its_name(team: Team, owner: User, tmp_path: Path) -> None:
    origin = source(team)
    version = released(origin, "1.0")
    copy = installed(version, git_target(team, tmp_path), "Copy")
    moved(copy, Kind.UNINSTALL, None)
    for item in (origin, fresh(copy)):
        assert SignedIn(owner).post(delete(item)).status_code == 302
    assert not Application.objects.exists()
    assert TemplateVersion.objects.get() == version
    release = ReleaseRecord.objects.get()
    assert (release.application, release.application_label) == (None, origin.name)
    assert SignedIn(owner).get(release.get_absolute_url()).status_code == 200
    for record in UpgradeRecord.objects.all():
        assert (record.application, record.application_label) == (None, "Copy")
        assert "Copy (deleted)" in " ".join(SignedIn(owner).get(record.get_absolute_url()).text.split())


def test_a_publication_is_ended_first(team: Team, owner: User) -> None:
    origin = source(team)
    release = draft(origin, "1.0", queue=False)
    page = SignedIn(owner).post(delete(origin)).text
    assert "is being published from" in page
    assert f'href="{release.get_absolute_url()}"' in page
    assert Application.objects.exists()


def test_plans_of_what_is_gone_are_discarded(shop: Application, operator: User) -> None:
    record = store(propose(fresh(shop), Kind.CHANGE, None, Answers(secrets={"DB_PASSWORD": "x"})), SYSTEM)
    assert SignedIn(operator).post(delete(shop)).status_code == 302
    assert expire() == 1
    record.refresh_from_db()
    assert record.status == "discarded"
