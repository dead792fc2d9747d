"""A component that is called otherwise, or is there a second time: where its data is, and who runs."""

import pytest

from templates_app.appspec.merge.rekey import rekeyed
from templates_app.appspec.schema.model import AppSpec
from tests.apps_app.drivers.docker.runs import most_at_once, now, starts_and_ends
from tests.apps_app.drivers.docker.yard import YARD, Yard
from tests.specs import changed

pytestmark = pytest.mark.docker


def renamed(before: AppSpec) -> AppSpec:
    """As the console renames a component: what depends on it follows, its volume stays what it is."""
    return rekeyed(before, {"db": "store"})


def test_its_data_goes_with_it_and_two_never_write_it(yard: Yard) -> None:
    since, before = now(yard.api), yard.ids()
    assert yard.go(renamed(yard.document()), accept_data_risk=True).status == "succeeded"
    assert sorted(yard.ids()) == ["yard-store-1", "yard-web-1"]
    assert yard.ids()["yard-store-1"] != before["yard-db-1"]
    assert yard.redis("get", "gate", key="store") == "open"
    data = starts_and_ends(yard.api, YARD, since, "db", "store")
    assert data == ["die db", "start store"]
    assert most_at_once(data, running=1) == 1
    assert yard.page() == "version 1"
    assert [volume["Name"] for volume in yard.api.volumes()["Volumes"] if volume["Name"].startswith("yard")] == [
        "yard_db-data"
    ]


def test_one_that_does_not_get_well_under_its_new_name_goes_back_to_the_old(yard: Yard) -> None:
    before = yard.ids()
    ill = {"probes": {"readiness": {"command": ["false"], "interval": "1s"}}}
    spec = renamed(changed(yard.document(), "db", **ill))
    assert yard.go(spec, accept_data_risk=True).status == "rolled_back"
    assert yard.ids() == before
    assert yard.redis("get", "gate") == "open"
    assert yard.page() == "version 1"


def test_the_name_of_its_container_goes_over_too(yard: Yard) -> None:
    named = changed(yard.document(), "db", engine={"container_name": "the-yards-database"})
    assert yard.go(named, accept_data_risk=True).status == "succeeded"
    outcome = yard.go(renamed(named), accept_data_risk=True)
    assert outcome.status == "succeeded", outcome
    assert sorted(yard.ids()) == ["the-yards-database", "yard-web-1"]
    created = yard.api.inspect_container("the-yards-database")
    assert created["Config"]["Labels"]["uplift.key"] == "store"
    requested = yard.api.exec_create(created["Id"], ["redis-cli", "get", "gate"])
    assert yard.api.exec_start(requested["Id"]).decode().strip() == "open"


def test_a_copy_runs_beside_on_a_volume_of_its_own(yard: Yard) -> None:
    before = yard.ids()
    db = yard.document().components["db"].plain
    copied = yard.document(db2={**db, "mounts": {"/data": {"source": "db2-data"}}})
    assert yard.go(copied).status == "succeeded"
    assert {name: identity for name, identity in yard.ids().items() if name in before} == before
    assert yard.redis("get", "gate", key="db2") == ""
    assert yard.redis("get", "gate") == "open"
