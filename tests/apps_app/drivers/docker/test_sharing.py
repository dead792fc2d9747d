"""Components in another one's network, and networks whose definition changes."""

from typing import Any

import pytest

from apps_app.drivers.base import Note
from templates_app.appspec.schema.model import AppSpec, Network
from tests.apps_app.drivers.docker.test_failing import NEVER_WELL
from tests.apps_app.drivers.docker.yard import GATE, YARD, Yard

pytestmark = pytest.mark.docker

SIDE: dict[str, Any] = {
    "image": "local/uplift-web:1",
    "command": ["sleep", "1000"],
    "network_mode": "service:web",
    "stop": {"grace": "0s"},
    "health_gate": GATE,
}


@pytest.fixture
def shared(yard: Yard) -> Yard:
    """With a side that lives in the network of web."""
    assert yard.go(yard.document(side=SIDE)).status == "succeeded"
    assert served(yard) == "version 1"
    return yard


def served(yard: Yard) -> str:
    """What the side gets from its own loopback: that of web."""
    created = yard.api.exec_create(yard.container("side")["Id"], ["wget", "-q", "-O-", "http://127.0.0.1:8000/"])
    return str(yard.api.exec_start(created["Id"]).decode().strip())


def lender(yard: Yard) -> str:
    return str(yard.container("side")["HostConfig"]["NetworkMode"]).removeprefix("container:")


def test_who_shares_is_made_anew_with_the_one_it_shares_with(shared: Yard) -> None:
    before = shared.ids()
    spec = shared.document(side=SIDE, web={"image": "local/uplift-web:2"})
    steps = {step.key: step.sentence for step in shared.plan(spec).work}
    assert steps["side"] == "side is replaced by a new one, since it shares the network of web"
    outcome = shared.go(spec)

    assert outcome.status == "succeeded", outcome
    assert lender(shared) == shared.ids()["yard-web-1"] != before["yard-web-1"]
    assert served(shared) == "version 2"
    assert shared.ids()["yard-db-1"] == before["yard-db-1"]
    assert {key: observed.detail for key, observed in shared.driver.read(YARD).items() if not observed.digest} == {}


def test_who_shares_comes_back_with_the_one_it_shares_with(shared: Yard) -> None:
    before = shared.ids()
    last = {"image": "local/uplift-web:1", "probes": NEVER_WELL, "depends_on": {"side": {}}, "health_gate": GATE}
    outcome = shared.go(shared.document(side=SIDE, web={"image": "local/uplift-web:2"}, last=last))

    assert outcome.status == "rolled_back", outcome
    assert shared.ids() == before
    assert served(shared) == "version 1"


def test_a_changed_one_comes_back_too(shared: Yard) -> None:
    before = shared.ids()
    side = {**SIDE, "command": ["sleep", "2000"], "probes": NEVER_WELL}
    outcome = shared.go(shared.document(side=side, web={"image": "local/uplift-web:2"}))

    assert outcome.status == "rolled_back", outcome
    assert shared.ids() == before
    assert shared.container("side")["Config"]["Cmd"] == ["sleep", "1000"]
    assert served(shared) == "version 1"


def test_who_shares_starts_again_where_the_other_came_back_alone(shared: Yard) -> None:
    before = shared.ids()
    outcome = shared.go(shared.document(side=SIDE, web={"command": ["sh", "-c", "exit 3"]}))

    assert outcome.status == "rolled_back", outcome
    assert shared.ids() == before
    assert served(shared) == "version 1"


def test_who_shares_starts_again_with_the_one_it_shares_with(shared: Yard) -> None:
    with shared.driver.session(YARD, Note("Restart web", "", "demo")) as session:
        session.restart("web")
    assert shared.page() == "version 1"
    assert served(shared) == "version 1"


def test_an_orphan_is_seen(shared: Yard) -> None:
    shared.api.remove_container(shared.container("web")["Id"], force=True)
    side = shared.driver.read(YARD)["side"]
    assert (side.digest, side.detail) == ("", "yard-side-1 shares the network of a container that is gone")


def internal(spec: AppSpec, key: str, **more: Any) -> AppSpec:
    return spec.model_copy(update={"networks": {key: Network(internal=True, **more)}})


def test_a_network_that_is_in_use_is_not_changed_and_it_is_said_what_to_do(yard: Yard) -> None:
    before = yard.ids()
    outcome = yard.go(internal(yard.document(), "default"))

    assert outcome.status == "failed", outcome
    assert "the network yard_default has another openness" in outcome.error
    assert "while yard-db-1, yard-web-1 are in it; give the network another name" in outcome.error
    assert yard.ids() == before
    assert yard.go(internal(yard.document(), "default", name="yard-inside")).status == "succeeded"
    assert [network["Name"] for network in yard.api.networks(filters={"label": f"uplift.uid={YARD.uid}"})] == [
        "yard-inside"
    ]


def test_one_that_nobody_is_in_is_made_anew(yard: Yard) -> None:
    labels = {"uplift.uid": YARD.uid, "uplift.slug": YARD.slug, "uplift.network": "back"}
    yard.api.create_network("yard_back", labels=labels)
    extra = {"image": "local/uplift-web:1", "networks": {"back": {}}, "health_gate": GATE}
    outcome = yard.go(internal(yard.document(extra=extra), "back"))

    assert outcome.status == "succeeded", outcome
    assert yard.api.inspect_network("yard_back")["Internal"] is True
