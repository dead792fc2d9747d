"""How long what is unhealthy is waited for."""

import pytest

from apps_app.drivers.docker.api.models import Container
from apps_app.drivers.docker.state import health
from templates_app.appspec.schema.component import Probe


def checked(**check: int) -> Container:
    return Container.model_validate(
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
def test_one_more_round_after_the_engine_has_said_so(container: Container, bound: float) -> None:
    assert health.of_check(container) == bound


@pytest.mark.parametrize(
    ("probe", "bound"),
    [
        (Probe(tcp="80"), 180),
        (Probe(tcp="80", interval="1s", retries=2), 4),
        (Probe(tcp="80", interval="1s", retries=2, start_period="1m"), 64),
    ],
)
def test_a_probe_has_its_start_period_and_two_rounds(probe: Probe, bound: float) -> None:
    assert health.of_probe(probe) == bound
