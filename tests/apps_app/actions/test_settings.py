"""Names, targets and values."""

import pytest
from pydantic import JsonValue

from apps_app.actions.create_application import PAGES, create_application
from apps_app.actions.save_settings import save_settings
from apps_app.actions.save_target import add_target, change_target
from apps_app.actions.set_values import set_values
from apps_app.models import Application
from config import slugs
from config.accounts.access.actor import Actor, Forbidden
from config.accounts.models import Team, User
from config.errors import Refused
from templates_app.appspec.schema.errors import SpecError
from tests.apps_app.rows import held
from tests.factories import ApplicationFactory, TargetFactory, application
from tests.specs import WEB_AND_DB


@pytest.fixture
def shop(team: Team) -> Application:
    return application(WEB_AND_DB, team=team, slug="shop", name="Shop")


@pytest.fixture
def by(operator: User) -> Actor:
    return Actor.of(operator)


def free_slug(name: str) -> str:
    return slugs.free_slug(Application.objects.all(), name, "application", PAGES)


def test_slugs_are_made_from_names_and_clashes_get_numbers(db: None) -> None:
    assert free_slug("My Shop!") == "my-shop"
    ApplicationFactory.create(slug="my-shop")
    assert free_slug("My Shop") == "my-shop-2"
    ApplicationFactory.create(slug="my-shop-2")
    assert free_slug("my_shop") == "my-shop-3"
    assert free_slug("***") == "application"
    long = "a" * 60
    ApplicationFactory.create(slug=free_slug(long))
    assert len(free_slug(long)) == 40
    assert free_slug(long).endswith("-2")


def test_no_application_takes_the_address_of_a_page(db: None) -> None:
    assert free_slug("New") == "new-2"
    assert free_slug("import") == "import-2"


def test_a_new_application_belongs_to_a_team_of_its_maker(team: Team, by: Actor, stranger: User) -> None:
    created = create_application(by, team=team, name="  Shop  ")
    assert (created.slug, created.name, created.target) == ("shop", "Shop", None)
    with pytest.raises(Forbidden):
        create_application(Actor.of(stranger), team=team, name="Shop")
    with pytest.raises(Refused, match="another team"):
        create_application(by, team=team, name="Shop", target=TargetFactory.create())


def test_the_target_stays_once_something_was_applied(team: Team, by: Actor) -> None:
    first, second = TargetFactory.create(team=team), TargetFactory.create(team=team)
    fresh = application(WEB_AND_DB, team=team, target=first)
    assert save_settings(fresh, by, name="Shop", target=second).target == second
    running = application(WEB_AND_DB, applied=WEB_AND_DB, team=team, target=first)
    assert save_settings(running, by, name="Renamed", target=first).name == "Renamed"
    with pytest.raises(Refused, match="what was applied there would be left behind"):
        save_settings(running, by, name="Renamed", target=second)


def test_values_are_sealed_and_follow_the_default_again(shop: Application, by: Actor) -> None:
    assert set_values(shop, by, values={"WORKERS": "8", "DB_PASSWORD": "hunter2"}) == ("DB_PASSWORD", "WORKERS")
    assert {row.name: (row.secret, held(shop, row.name)) for row in shop.values.all()} == {
        "DB_PASSWORD": (True, "hunter2"),
        "WORKERS": (False, "8"),
    }
    assert set_values(shop, by, values={"WORKERS": "8"}) == ()
    assert set_values(shop, by, values={}, back_to_default=["WORKERS"]) == ("WORKERS",)
    assert [row.name for row in shop.values.all()] == ["DB_PASSWORD"]


def test_every_wrong_value_is_told_at_once(shop: Application, by: Actor) -> None:
    with pytest.raises(SpecError) as error:
        set_values(shop, by, values={"NOPE": "1", "WEB_IMAGE": "x", "DB_PASSWORD": "", "WORKERS": "9"})
    assert [fault.path for fault in error.value.faults] == [
        "parameters.DB_PASSWORD",
        "parameters.NOPE",
        "parameters.WEB_IMAGE",
    ]
    assert not shop.values.exists()


def test_owners_add_targets_and_bad_ones_are_refused(team: Team, owner: User, by: Actor) -> None:
    config = {"path": "repositories/shop"}
    with pytest.raises(Forbidden):
        add_target(by, team=team, slug="files", kind="git", config=config)
    target = add_target(Actor.of(owner), team=team, slug="files", kind="git", config=config)
    with pytest.raises(Refused, match="has a target files already"):
        add_target(Actor.of(owner), team=team, slug="files", kind="git", config=config)
    with pytest.raises(Refused) as refused:
        change_target(target, Actor.of(owner), config={"branch": "bad..name", "colour": "red"})
    assert len(refused.value.faults) >= 2


@pytest.mark.parametrize("config", [{}, {"address": "unix:///run/engine.sock"}, {"address": "ssh://root@engine"}])
def test_what_this_server_may_is_not_a_teams_to_give(team: Team, owner: User, config: dict[str, JsonValue]) -> None:
    with pytest.raises(Refused, match="only a superuser may add or change such a target"):
        add_target(Actor.of(owner), team=team, slug="engine", kind="docker", config=config)
    target = add_target(Actor.system(), team=team, slug="engine", kind="docker", config=config)
    with pytest.raises(Refused, match="only a superuser"):
        change_target(target, Actor.of(owner), config={**config, "gate": "1s"})
