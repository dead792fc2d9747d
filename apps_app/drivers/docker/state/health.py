"""Waits until containers are good: by the engine's own health check, by asking them, or by their staying up."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from apps_app.drivers.base import DriverError
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.duration import seconds
from apps_app.drivers.docker.api.models import Container, seconds_between
from apps_app.drivers.docker.payload import healthcheck
from apps_app.drivers.docker.state.host_info import addresses
from apps_app.drivers.docker.state.replica_set import is_job
from templates_app.appspec.schema.component import HealthGate, Probe

_INTERVAL, _RETRIES = 30.0, 3
"""What an engine takes where nothing is said."""


def of_check(container: Container) -> float:
    """Seconds from the moment that the engine calls it unhealthy, which is when its retries are used up: as many once
    more."""
    check = container.config.healthcheck or {}
    interval, retries = check.get("Interval"), check.get("Retries")
    every = interval / 1e9 if isinstance(interval, int) and interval else _INTERVAL
    return every * (retries if isinstance(retries, int) and retries else _RETRIES)


def of_probe(probe: Probe) -> float:
    """Seconds from its first wrong answer in a row: its start period, its retries, and as many once more."""
    every = seconds(probe.interval) if probe.interval else _INTERVAL
    start = seconds(probe.start_period) if probe.start_period else 0.0
    return start + 2 * every * (int(probe.retries) if probe.retries else _RETRIES)


_PAUSE = 0.25
_SHOWN = 3


@dataclass
class Watched:
    """One container on its way to being good. `good_since` starts again with every restart, `ill_since` with every good
    answer; a `new` one cannot have been good for long."""

    engine: Engine
    id: str
    minimum: float
    new: bool = False
    good_since: float | None = None
    restarts: int | None = None
    wrong: str = "it has not started"
    how: str = ""
    asked: float = field(default=0.0)
    ill_since: float | None = None

    def look(self, now: float) -> bool:
        """Whether it has been good for long enough. Raises DriverError where it never will be."""
        container = self.engine.container(self.id)
        if container is None:
            raise DriverError("its container is gone; somebody has removed it", permanent=True)
        if is_job(container):
            return self._job(container)
        self._refuse_ended(container)
        if self.restarts != container.restarts:
            if self.restarts is not None:
                self.good_since = self.ill_since = None
            self.restarts = container.restarts
        if not self._is_good(container, now):
            self.good_since = None
            self._refuse_ill(container, now)
            return False
        self.ill_since = None
        if self.good_since is None:
            self.good_since = now - (self.minimum if self._is_old(container) else 0.0)
        return now - self.good_since >= self.minimum

    def pause(self, now: float) -> float:
        """Seconds until it is worth another look."""
        left = _PAUSE if self.good_since is None else self.minimum - (now - self.good_since)
        return min(_PAUSE, left) if left > 0 else _PAUSE

    def _refuse_ended(self, container: Container) -> None:
        state = container.state
        if state.status in {"exited", "dead"}:
            raise DriverError(f"{ending(container)}{last_words(self.engine, container)}", permanent=True)
        if state.status == "restarting":
            self.wrong = f"it restarts again and again: {ending(container)}{last_words(self.engine, container)}"

    def _refuse_ill(self, container: Container, now: float) -> None:
        """Its own check has said so for as long as it takes to be sure."""
        probe = container.labels.get(labels.PROBE)
        if container.state.status != "running" or not (probe or container.state.checked == "unhealthy"):
            self.ill_since = None
            return
        self.ill_since = now if self.ill_since is None else self.ill_since
        bound = of_probe(Probe.model_validate_json(probe)) if probe else of_check(container)
        if now - self.ill_since >= bound:
            raise DriverError(f"it stays unhealthy: {self.wrong}; look at its logs", permanent=True)

    def _is_good(self, container: Container, now: float) -> bool:
        if container.state.status != "running":
            return False
        if text := container.labels.get(labels.PROBE):
            return self._answers(container, Probe.model_validate_json(text), now)
        if container.state.checked == "starting":
            return self._passes(container, now)
        if container.state.checked == "unhealthy":
            self.wrong = f"its health check fails{_check_words(container)}"
            return False
        self.how = "its health check passes" if container.state.checked else "it has no health check"
        return True

    def _answers(self, container: Container, probe: Probe, now: float) -> bool:
        if now - self.asked < 1.0 and self.good_since is not None:
            return True
        self.asked = now
        places = addresses(self.engine, container, healthcheck.port_of(probe))
        self.wrong = next(
            (wrong for host, port in places if (wrong := healthcheck.asked(probe, [host], port))),
            "" if places else "it has no address that can be asked from here",
        )
        self.how = healthcheck.wording(probe)
        return not self.wrong

    def _passes(self, container: Container, now: float) -> bool:
        """The engine waits a whole interval before its first check; here the same check is made at once."""
        if now - self.asked < 1.0:
            return self.good_since is not None
        self.asked = now
        command = _command(container)
        if not command:
            return False
        code, output = self.engine.run(container.id, command, 30.0)
        self.wrong = f"its health check fails: {_short(output) or f'exit code {code}'}" if code else ""
        self.how = "its health check passes"
        return code == 0

    def _job(self, container: Container) -> bool:
        if container.state.status == "exited" and container.state.exit_code == 0:
            self.how = "completed with exit code 0"
            return True
        policy = container.host.get("RestartPolicy")
        is_repeated = isinstance(policy, dict) and policy.get("Name") == "on-failure"
        if container.state.status in {"exited", "dead"} and (
            container.restarts or not is_repeated or container.state.error
        ):
            raise DriverError(f"{ending(container)}{last_words(self.engine, container)}", permanent=True)
        self.wrong = "it has not come to its end"
        return False

    def _is_old(self, container: Container) -> bool:
        if self.new or not self.minimum:
            return False
        return seconds_between(container.state.started_at, self.engine.info().time) >= self.minimum


def wait_until_good(
    engine: Engine, key: str, containers: Sequence[Container], gate: HealthGate, *, new: bool = False
) -> str:
    """How it is known that all are good; `new` ones have been made just now. Raises DriverError when they are not
    within the gate's deadline."""
    minimum = seconds(gate.minimum)
    watched = [Watched(engine, container.id, minimum, new) for container in containers]
    end = time.monotonic() + seconds(gate.deadline)
    while True:
        try:
            good = [container.look(time.monotonic()) for container in watched]
        except DriverError as error:
            raise DriverError(f"{key}: {error}", permanent=error.permanent) from error
        if all(good):
            return _sentence(watched[0].how, minimum, is_job(containers[0]))
        if time.monotonic() >= end:
            wrong = next(
                container.wrong or "it was not good for long enough"
                for container, is_good in zip(watched, good, strict=True)
                if not is_good
            )
            raise DriverError(f"{key} was not good within {gate.deadline}: {wrong}; look at its logs", permanent=True)
        time.sleep(max(container.pause(time.monotonic()) for container in watched))


def ending(container: Container) -> str:
    """How a container came to its end, in words."""
    state = container.state
    if state.out_of_memory:
        return f"it was killed for want of memory (exit code {state.exit_code})"
    return f"it ended with exit code {state.exit_code}" + (f" ({state.error})" if state.error else "")


def last_words(engine: Engine, container: Container) -> str:
    """The last lines of its log, where there are any."""
    try:
        text = engine.logs(container.id, _SHOWN).decode(errors="replace").strip()
    except DriverError:
        return ""
    return f"; its last words: {_short(text)}" if text else ""


def _sentence(how: str, minimum: float, job: bool) -> str:
    if job:
        return how
    remaining = f"{minimum:g} s without a restart"
    return f"running for {remaining}; {how}" if how.startswith("it has no") else f"healthy: {how}, and {remaining}"


def _command(container: Container) -> Sequence[str]:
    test = (container.config.healthcheck or {}).get("Test")
    words = [str(word) for word in test] if isinstance(test, list) else []
    if words[:1] == ["CMD"]:
        return words[1:]
    return ["/bin/sh", "-c", words[1]] if words[:1] == ["CMD-SHELL"] and len(words) > 1 else []


def _check_words(container: Container) -> str:
    text = (
        container.state.health.log[-1].output.strip() if container.state.health and container.state.health.log else ""
    )
    return f": {_short(text)}" if text else ""


def _short(text: str) -> str:
    line = " / ".join(text.split("\n"))
    return line if len(line) <= 200 else f"{line[:199]}…"
