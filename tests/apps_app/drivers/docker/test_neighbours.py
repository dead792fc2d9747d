"""What others have on the same engine: told, warned of, and never touched."""

from pathlib import Path

import pytest

from apps_app.drivers.base import Placement, Taken, Thing
from tests.apps_app.drivers.docker.test_replacing import part
from tests.apps_app.drivers.docker.yard import YARD, Yard, free_port

pytestmark = pytest.mark.docker

OTHER = Placement("uid-of-another", "another")


def test_what_a_stranger_has_is_told(yard: Yard, tmp_path: Path) -> None:
    port = free_port()
    binds = [f"{tmp_path}:/conf", "the-strangers:/data"]
    with yard.stranger("the-stranger", port_bindings={8000: ("127.0.0.1", port)}, binds=binds):
        used = {resource for resource in yard.driver.taken(YARD) if "the-stranger" in resource.by}
    yard.api.remove_volume("the-strangers")
    assert used == {
        Taken(Thing.NAME, "the-stranger", "the container the-stranger"),
        Taken(Thing.PORT, f"127.0.0.1:{port}/tcp", "the container the-stranger"),
        Taken(Thing.PATH, str(tmp_path), "the container the-stranger"),
        Taken(Thing.VOLUME, "the-strangers", "the container the-stranger"),
    }


def test_what_is_ones_own_is_not_taken_and_is_for_another(yard: Yard) -> None:
    mine = {resource.what for resource in yard.driver.taken(YARD)}
    theirs = {(resource.thing, resource.what): resource.by for resource in yard.driver.taken(OTHER)}
    assert not mine & {"yard-web-1", "yard_db-data", f"127.0.0.1:{yard.port}/tcp"}
    assert theirs[Thing.PORT, f"127.0.0.1:{yard.port}/tcp"] == "the container yard-web-1 of yard"
    assert theirs[Thing.VOLUME, "yard_db-data"] == "the container yard-db-1 of yard"


def test_a_host_path_that_a_stranger_mounts_is_warned_of(yard: Yard, tmp_path: Path) -> None:
    web = part(mounts={"/srv": {"kind": "host", "source": f"{tmp_path}/inside"}})
    clock = part(mounts={"/etc/localtime": {"kind": "host", "source": "/etc/localtime", "read_only": True}})
    with yard.stranger("the-stranger", binds=[f"{tmp_path}:/conf", "/etc/localtime:/etc/localtime:ro"]):
        data = list(yard.driver.warnings(YARD, "web", None, web))
        usual = list(yard.driver.warnings(YARD, "web", None, clock))
        assert yard.driver.check(YARD, "web", None, web) == []
    assert data == [f"web: the host path {tmp_path}/inside is also used by the container the-stranger"]
    assert usual == []


def test_a_volume_made_by_others_that_a_stranger_uses_is_warned_of(yard: Yard) -> None:
    yard.api.create_volume("the-strangers")
    web = part(mounts={"/srv": {"source": "shared"}})
    web.volumes["shared"] = web.volumes["shared"].model_copy(update={"external": True, "name": "the-strangers"})  # type: ignore[index]  # a plain dict here
    try:
        with yard.stranger("the-stranger", binds=["the-strangers:/data"]):
            data = list(yard.driver.warnings(YARD, "web", None, web))
    finally:
        yard.api.remove_volume("the-strangers")
    assert data == ["web: the volume the-strangers is also used by the container the-stranger"]


def test_what_would_be_passed_on_is_said_to_be_not_set(yard: Yard) -> None:
    web = part(env={"LANG": None, "TZ": None, "MODE": "a"})
    assert list(yard.driver.warnings(YARD, "web", None, web)) == [
        "web: LANG, TZ would be passed on from a host: an engine has nothing to pass on, so not set"
    ]
