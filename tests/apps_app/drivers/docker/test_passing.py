"""What hinders an upgrade on a real engine for a moment only."""

from contextlib import ExitStack

import pytest

from tests.apps_app.drivers.docker.yard import Yard, free_port
from upgrades_app.engine.execution.run import EventKind

pytestmark = pytest.mark.docker


def test_a_port_that_is_free_again_when_it_is_tried_again(yard: Yard) -> None:
    port = free_port()
    with ExitStack() as stack:
        passing = yard.stranger("the-stranger", port_bindings={8000: ("127.0.0.1", port)})
        yard.when[EventKind.STARTED] = lambda: stack.enter_context(passing)
        yard.when[EventKind.RETRIED] = stack.close
        outcome = yard.go(yard.document(web={"ports": {"8000/tcp": {f"127.0.0.1:{port}": {}}}}))
    tried = [event.text for event in yard.events if event.kind is EventKind.RETRIED]
    assert outcome.status == "succeeded", yard.events
    assert len(tried) == 1
    assert tried[0].startswith(f"web: port {port} is used by the container the-stranger; ")
