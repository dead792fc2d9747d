"""Adding, editing and removing components, and taking changes back."""

import pytest

from apps_app.actions.discard_changes import discard_changes
from apps_app.actions.remove_component import remove_component
from apps_app.actions.save_component import save_component
from apps_app.models import Application, Busy
from config.accounts.access.actor import Actor, Forbidden
from config.accounts.models import AuditEntry, Team, User
from config.errors import Refused
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.secrets.credential_scanner import Suspect
from tests.apps_app.rows import held, wanted
from tests.factories import TargetFactory, application
from tests.specs import WEB_AND_DB, changed

REDIS = parse_component({"image": "redis:7.4", "mounts": {"/data": {"source": "redis-data"}}})


@pytest.fixture
def shop(team: Team) -> Application:
    return application(WEB_AND_DB, team=team, slug="shop", name="Shop")


@pytest.fixture
def running(team: Team) -> Application:
    """Applied as it is wanted."""
    target = TargetFactory.create(team=team)
    return application(WEB_AND_DB, applied=WEB_AND_DB, team=team, slug="shop", name="Shop", target=target)


@pytest.fixture
def by(operator: User) -> Actor:
    return Actor.of(operator)


def test_redis_comes_in_one_step(shop: Application, by: Actor) -> None:
    save_component(shop, by, key="redis", component=REDIS, needed_by=["web"])
    spec = Application.objects.get(pk=shop.pk).desired_spec()
    assert spec.components["redis"] == REDIS
    assert "redis-data" in spec.volumes
    assert set(spec.components["web"].depends_on) == {"db", "redis"}
    assert spec.components["db"] == WEB_AND_DB.components["db"]


def test_every_edit_is_an_audit_entry(shop: Application, by: Actor) -> None:
    row = save_component(shop, by, key="redis", component=REDIS, needed_by=["web"])
    entry = AuditEntry.objects.about(row).get()
    assert (entry.actor, entry.verb) == ("operator", "added component")
    assert entry.application == "shop"
    assert entry.data == {"said": ["web: depends on redis added", "volume redis-data added"]}


def test_what_breaks_the_whole_is_refused_and_nothing_is_written(shop: Application, by: Actor) -> None:
    circle = changed(WEB_AND_DB, "db", depends_on={"web": {}}).components["db"]
    with pytest.raises(SpecError, match="wait for each other"):
        save_component(shop, by, key="db", component=circle, revision=1)
    assert Application.objects.get(pk=shop.pk).desired_spec() == WEB_AND_DB


def test_a_fault_from_before_does_not_stop_another_edit(team: Team, by: Actor) -> None:
    broken = changed(WEB_AND_DB, "db", depends_on={"gone": {}})
    shop = application(broken, team=team)
    save_component(shop, by, key="redis", component=REDIS)
    assert "redis" in Application.objects.get(pk=shop.pk).desired_spec().components


def test_a_second_editor_is_told_of_the_first(shop: Application, by: Actor) -> None:
    web = changed(WEB_AND_DB, "web", image="shop/web:2").components["web"]
    save_component(shop, by, key="web", component=web, revision=1)
    with pytest.raises(Refused, match="operator changed web meanwhile"):
        save_component(shop, by, key="web", component=web, revision=1)


def test_a_name_is_not_taken_twice(shop: Application, by: Actor) -> None:
    with pytest.raises(Refused, match="There is a component web already"):
        save_component(shop, by, key="web", component=REDIS)


def test_a_secret_leaves_the_document(shop: Application, by: Actor) -> None:
    redis = REDIS.model_copy(update={"env": {"REDIS_PASSWORD": "hunter2"}})
    suspect = Suspect(("components", "redis", "env", "REDIS_PASSWORD"), "REDIS_PASSWORD", "")
    save_component(shop, by, key="redis", component=redis, hide=[suspect])
    assert wanted(shop, "redis")["env"] == {"REDIS_PASSWORD": "${REDIS_PASSWORD}"}
    assert held(shop, "REDIS_PASSWORD") == "hunter2"
    spec = Application.objects.get(pk=shop.pk).desired_spec()
    assert spec.parameters["REDIS_PASSWORD"].secret


def test_nobody_edits_while_an_upgrade_is_at_work(shop: Application, by: Actor) -> None:
    Busy.objects.create(application=shop, record_id=1, label="Upgrade 1.0 → 1.1", url="/upgrades/1/", by="ada")
    with pytest.raises(Refused, match="Upgrade 1.0 → 1.1 is at work, begun by ada just now") as refused:
        save_component(shop, by, key="redis", component=REDIS)
    assert refused.value.url == "/upgrades/1/"


def test_a_viewer_edits_nothing(shop: Application, viewer: User) -> None:
    with pytest.raises(Forbidden):
        save_component(shop, Actor.of(viewer), key="redis", component=REDIS)


def test_removing_names_who_depends_on_it(shop: Application, by: Actor) -> None:
    with pytest.raises(Refused, match="web depends on db"):
        remove_component(shop, by, key="db")
    remove_component(shop, by, key="db", cut=True)
    spec = Application.objects.get(pk=shop.pk).desired_spec()
    assert set(spec.components) == {"web"}
    assert not spec.components["web"].depends_on


def test_what_never_ran_goes_and_what_ran_waits(running: Application, by: Actor) -> None:
    save_component(running, by, key="redis", component=REDIS)
    remove_component(running, by, key="redis")
    assert not running.components.filter(key="redis").exists()
    remove_component(running, by, key="web")
    web = running.components.get(key="web")
    assert web.desired is None
    assert web.applied is not None


def test_discarding_brings_back_what_was_applied(running: Application, by: Actor) -> None:
    save_component(running, by, key="redis", component=REDIS, needed_by=["web"])
    remove_component(running, by, key="db", cut=True)
    assert discard_changes(running, by) == ("db", "redis", "web")
    repeated = Application.objects.get(pk=running.pk)
    assert repeated.desired_spec() == repeated.applied_spec() == WEB_AND_DB


def test_one_component_is_discarded_alone(running: Application, by: Actor) -> None:
    save_component(running, by, key="redis", component=REDIS, needed_by=["web"])
    assert discard_changes(running, by, keys=["web"]) == ("web",)
    assert set(Application.objects.get(pk=running.pk).desired_spec().components) == {"db", "redis", "web"}


def test_there_is_nothing_to_discard_where_nothing_ran(shop: Application, by: Actor) -> None:
    with pytest.raises(Refused, match="is on a target"):
        discard_changes(shop, by)
    assert shop.components.count() == 2
