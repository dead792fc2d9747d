"""Temporary failures on a real engine are retried."""

from contextlib import ExitStack

import pytest

from tests.apps_app.drivers.docker.support.docker_app import DockerApp, free_port
from upgrades_app.engine.execution.run import EventKind
from upgrades_app.presenters.outcome import describe_event

pytestmark = pytest.mark.docker


def test_freed_port_succeeds_on_retry(docker_app: DockerApp) -> None:
    port = free_port()
    with ExitStack() as stack:
        passing = docker_app.run_unmanaged("the-stranger", port_bindings={8000: ("127.0.0.1", port)})
        docker_app.when[EventKind.STARTED] = lambda: stack.enter_context(passing)
        docker_app.when[EventKind.RETRIED] = stack.close
        outcome = docker_app.deploy(docker_app.document(web={"ports": {"8000/tcp": {f"127.0.0.1:{port}": {}}}}))
    tried = [describe_event(event, None) for event in docker_app.events if event.kind is EventKind.RETRIED]
    assert outcome.status == "succeeded", docker_app.events
    assert len(tried) == 1
    assert tried[0].startswith(f"web: Port 127.0.0.1:{port}/tcp is in use by container the-stranger.")
