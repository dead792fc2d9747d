"""Health gates: probes that the driver runs, and jobs that must complete."""

from typing import Any

import pytest

from tests.apps_app.drivers.docker.support.docker_app import GATE, DockerApp

pytestmark = pytest.mark.docker
PATIENT = {**GATE, "deadline": "20s"}


@pytest.mark.parametrize(
    ("probe", "text"),
    [({"http": {"port": 8000}}, "GET / on port 8000 succeeded"), ({"tcp": "8000"}, "port 8000 is open")],
    ids=["http", "tcp"],
)
def test_successful_probe_passes_the_gate(docker_app: DockerApp, probe: dict[str, Any], text: str) -> None:
    web = {
        "image": "local/uplift-web:2",
        "probes": {"readiness": {**probe, "interval": "500ms"}},
        "health_gate": PATIENT,
    }
    done = docker_app.deploy(docker_app.document(web=web))
    assert done.status == "succeeded", done
    assert any(text in event.text for event in docker_app.events), [event.text for event in docker_app.events]
    assert docker_app.page() == "version 2"


def test_dependent_starts_after_the_probe_succeeds(docker_app: DockerApp) -> None:
    probe = {"readiness": {"http": {"port": 8000}, "interval": "500ms"}}
    extra = {"image": "local/uplift-web:1", "depends_on": {"web": {"condition": "healthy"}}, "health_gate": GATE}
    done = docker_app.deploy(docker_app.document(web={"probes": probe, "health_gate": PATIENT}, extra=extra))
    assert done.status == "succeeded", done
    assert docker_app.container("web")["State"]["StartedAt"] < docker_app.container("extra")["State"]["StartedAt"]


def test_dependent_starts_after_the_job_completes(docker_app: DockerApp) -> None:
    job = {"image": "local/uplift-web:1", "kind": "job", "command": ["sh", "-c", "sleep 1; echo migrated"]}
    web = {"image": "local/uplift-web:2", "depends_on": {"migrate": {"condition": "completed"}}}
    done = docker_app.deploy(docker_app.document(web=web, migrate=job))
    assert done.status == "succeeded", done
    ended = docker_app.container("migrate")["State"]
    assert ended["ExitCode"] == 0
    assert ended["FinishedAt"] < docker_app.container("web")["State"]["StartedAt"]


def test_failed_job_keeps_the_previous_dependent(docker_app: DockerApp) -> None:
    before = docker_app.ids()
    job = {"image": "local/uplift-web:1", "kind": "job", "command": ["sh", "-c", "echo no space; exit 5"]}
    web = {"image": "local/uplift-web:2", "depends_on": {"migrate": {"condition": "completed"}}}
    failed = docker_app.deploy(docker_app.document(web=web, migrate=job))
    assert failed.status == "rolled_back", failed
    assert failed.error.startswith("migrate failed: it exited with code 5; last log lines: no space")
    assert {name: docker_app.ids().get(name) for name in before} == before
    assert docker_app.page() == "version 1"
