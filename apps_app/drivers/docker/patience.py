"""How long a container may be unhealthy by its own check before nobody waits for it any more."""

from apps_app.drivers.docker.duration import seconds
from apps_app.drivers.docker.view import Container
from templates_app.spec.component import Probe

_INTERVAL, _RETRIES = 30.0, 3
"""What an engine takes where nothing is said."""


def of_check(one: Container) -> float:
    """Seconds from the moment that the engine calls it unhealthy, which is when its retries are used up: as many once
    more."""
    check = one.config.healthcheck or {}
    interval, retries = check.get("Interval"), check.get("Retries")
    every = interval / 1e9 if isinstance(interval, int) and interval else _INTERVAL
    return every * (retries if isinstance(retries, int) and retries else _RETRIES)


def of_probe(probe: Probe) -> float:
    """Seconds from its first wrong answer in a row: its start period, its retries, and as many once more."""
    every = seconds(probe.interval) if probe.interval else _INTERVAL
    start = seconds(probe.start_period) if probe.start_period else 0.0
    return start + 2 * every * (int(probe.retries) if probe.retries else _RETRIES)
