"""How long an unhealthy container is tolerated."""

import pytest

from apps_app.drivers.docker.api.models import EngineContainer
from apps_app.drivers.docker.state import health
from templates_app.appspec.schema.component import Probe


def checked(**check: int) -> EngineContainer:
    return EngineContainer.model_validate(
        {"Id": "1", "Name": "/web", "State": {"Status": "running"}, "Config": {"Healthcheck": check}, "Image": "x"}
    )


@pytest.mark.parametrize(
    ("container", "bound"),
    [
        (checked(Interval=1_000_000_000, Retries=3), 3),
        (checked(Interval=2_000_000_000, Retries=20), 40),
        (checked(), 90),
        (checked(Interval=0, Retries=0), 90),
    ],
)
def test_check_tolerance_is_interval_times_retries(container: EngineContainer, bound: float) -> None:
    assert health.compute_check_tolerance(container) == bound


@pytest.mark.parametrize(
    ("probe", "bound"),
    [
        (Probe(tcp="80"), 180),
        (Probe(tcp="80", interval="1s", retries=2), 4),
        (Probe(tcp="80", interval="1s", retries=2, start_period="1m"), 64),
    ],
)
def test_probe_tolerance_is_start_period_and_twice_the_retries(probe: Probe, bound: float) -> None:
    assert health.compute_probe_tolerance(probe) == bound
