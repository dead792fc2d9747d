"""What has to be good before the next one: probes that an engine does not know, and jobs that must have ended."""

from typing import Any

import pytest

from tests.apps_app.drivers.docker.yard import GATE, Yard

pytestmark = pytest.mark.docker
PATIENT = {**GATE, "deadline": "20s"}


@pytest.mark.parametrize(
    ("probe", "said"),
    [({"http": {"port": 8000}}, "GET / on port 8000 answered"), ({"tcp": "8000"}, "port 8000 answered")],
    ids=["http", "tcp"],
)
def test_one_whose_probe_is_answered_is_good(yard: Yard, probe: dict[str, Any], said: str) -> None:
    web = {
        "image": "local/uplift-web:2",
        "probes": {"readiness": {**probe, "interval": "500ms"}},
        "health_gate": PATIENT,
    }
    done = yard.go(yard.document(web=web))
    assert done.status == "succeeded", done
    assert any(said in event.text for event in yard.events), [event.text for event in yard.events]
    assert yard.page() == "version 2"


def test_one_that_waits_for_an_answered_probe_starts_after_it(yard: Yard) -> None:
    probe = {"readiness": {"http": {"port": 8000}, "interval": "500ms"}}
    extra = {"image": "local/uplift-web:1", "depends_on": {"web": {"condition": "healthy"}}, "health_gate": GATE}
    done = yard.go(yard.document(web={"probes": probe, "health_gate": PATIENT}, extra=extra))
    assert done.status == "succeeded", done
    assert yard.container("web")["State"]["StartedAt"] < yard.container("extra")["State"]["StartedAt"]


def test_one_that_needs_a_job_starts_once_that_has_ended(yard: Yard) -> None:
    job = {"image": "local/uplift-web:1", "kind": "job", "command": ["sh", "-c", "sleep 1; echo migrated"]}
    web = {"image": "local/uplift-web:2", "depends_on": {"migrate": {"condition": "completed"}}}
    done = yard.go(yard.document(web=web, migrate=job))
    assert done.status == "succeeded", done
    ended = yard.container("migrate")["State"]
    assert ended["ExitCode"] == 0
    assert ended["FinishedAt"] < yard.container("web")["State"]["StartedAt"]


def test_one_that_needs_a_job_that_fails_does_not_start_and_the_old_one_serves(yard: Yard) -> None:
    before = yard.ids()
    job = {"image": "local/uplift-web:1", "kind": "job", "command": ["sh", "-c", "echo no space; exit 5"]}
    web = {"image": "local/uplift-web:2", "depends_on": {"migrate": {"condition": "completed"}}}
    failed = yard.go(yard.document(web=web, migrate=job))
    assert failed.status == "rolled_back", failed
    assert failed.error.startswith("migrate: it ended with exit code 5; its last words: no space")
    assert {name: yard.ids().get(name) for name in before} == before
    assert yard.page() == "version 1"
