"""Health gate: waits until containers are healthy by the engine's check, by a probe, or by staying up."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from apps_app.drivers.base import DriverError
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.json_values import parse_seconds
from apps_app.drivers.docker.api.models import EngineContainer, seconds_between
from apps_app.drivers.docker.payload import healthcheck
from apps_app.drivers.docker.state.host_info import list_probe_addresses
from apps_app.drivers.docker.state.replica_set import is_job
from templates_app.appspec.schema.component import HealthGate, Probe

_INTERVAL, _RETRIES = 30.0, 3
"""Defaults of the engine: seconds between checks, and failures until unhealthy."""


def compute_check_tolerance(container: EngineContainer) -> float:
    """Return the seconds that a container may stay unhealthy: as long as the engine takes to call it unhealthy."""
    check = container.config.healthcheck or {}
    interval, retries = check.get("Interval"), check.get("Retries")
    period = interval / 1e9 if isinstance(interval, int) and interval else _INTERVAL
    return period * (retries if isinstance(retries, int) and retries else _RETRIES)


def compute_probe_tolerance(probe: Probe) -> float:
    """Return the seconds that a probe may fail in a row: its start period and twice its retries."""
    period = parse_seconds(probe.interval) if probe.interval else _INTERVAL
    start = parse_seconds(probe.start_period) if probe.start_period else 0.0
    return start + 2 * period * (int(probe.retries) if probe.retries else _RETRIES)


_POLL_INTERVAL = 0.25
_LOG_LINES = 3


@dataclass
class WatchedContainer:
    """Health of one container over time.

    `minimum` is its minimum healthy time in seconds. `healthy_since` starts again with every restart, `unhealthy_since`
    with every success. A `new` container cannot have been healthy before.
    """

    engine: Engine
    id: str
    minimum: float
    new: bool = False
    healthy_since: float | None = None
    restarts: int | None = None
    problem: str = "it has not started"
    evidence: str = ""
    has_check: bool = True
    last_probe_at: float = field(default=0.0)
    unhealthy_since: float | None = None

    def is_settled(self, now: float) -> bool:
        """Whether the container has been healthy for the minimum time. Raises DriverError where it cannot become so."""
        container = self.engine.get_container(self.id)
        if container is None:
            raise DriverError("its container was removed outside Uplift", permanent=True)
        if is_job(container):
            return self._is_completed_job(container)
        self._check_not_exited(container)
        if self.restarts != container.restarts:
            if self.restarts is not None:
                self.healthy_since = self.unhealthy_since = None
            self.restarts = container.restarts
        if not self._is_healthy(container, now):
            self.healthy_since = None
            self._check_not_unhealthy(container, now)
            return False
        self.unhealthy_since = None
        if self.healthy_since is None:
            self.healthy_since = now - (self.minimum if self._is_stable(container) else 0.0)
        return now - self.healthy_since >= self.minimum

    def compute_pause(self, now: float) -> float:
        """Return the seconds until the next check."""
        left = _POLL_INTERVAL if self.healthy_since is None else self.minimum - (now - self.healthy_since)
        return min(_POLL_INTERVAL, left) if left > 0 else _POLL_INTERVAL

    def _check_not_exited(self, container: EngineContainer) -> None:
        if container.state.status in {"exited", "dead"}:
            raise DriverError(self._describe_end(container), permanent=True)
        if container.state.status == "restarting":
            self.problem = f"it restarts repeatedly: {self._describe_end(container)}"

    def _describe_end(self, container: EngineContainer) -> str:
        return f"{describe_exit(container)}{describe_last_log_lines(self.engine, container)}"

    def _check_not_unhealthy(self, container: EngineContainer, now: float) -> None:
        """Raise DriverError where the container has been unhealthy for longer than its check tolerates."""
        probe = container.labels.get(labels.PROBE)
        if container.state.status != "running" or not (probe or container.state.health_status == "unhealthy"):
            self.unhealthy_since = None
            return
        self.unhealthy_since = now if self.unhealthy_since is None else self.unhealthy_since
        if probe:
            tolerance = compute_probe_tolerance(Probe.model_validate_json(probe))
        else:
            tolerance = compute_check_tolerance(container)
        if now - self.unhealthy_since >= tolerance:
            raise DriverError(f"it stays unhealthy: {self.problem}. Check its logs", permanent=True)

    def _is_healthy(self, container: EngineContainer, now: float) -> bool:
        if container.state.status != "running":
            return False
        if text := container.labels.get(labels.PROBE):
            return self._answers_probe(container, Probe.model_validate_json(text), now)
        if container.state.health_status == "starting":
            return self._passes_check(container, now)
        if container.state.health_status == "unhealthy":
            self.problem = f"its health check fails{_describe_check_output(container)}"
            return False
        self.has_check = bool(container.state.health_status)
        self.evidence = "its health check passes" if self.has_check else "it has no health check"
        return True

    def _answers_probe(self, container: EngineContainer, probe: Probe, now: float) -> bool:
        if now - self.last_probe_at < 1.0 and self.healthy_since is not None:
            return True
        self.last_probe_at = now
        addresses = list_probe_addresses(self.engine, container, healthcheck.get_probe_port(probe))
        problems = (healthcheck.run_probe(probe, [host], port) for host, port in addresses)
        self.problem = next(filter(None, problems), "" if addresses else "its port is not reachable from Uplift")
        self.evidence = healthcheck.describe_probe(probe)
        return not self.problem

    def _passes_check(self, container: EngineContainer, now: float) -> bool:
        """Run the engine's health check at once: the engine waits a whole interval before its first one."""
        if now - self.last_probe_at < 1.0:
            return self.healthy_since is not None
        self.last_probe_at = now
        command = _build_check_command(container)
        if not command:
            return False
        code, output = self.engine.run_command(container.id, command, 30.0)
        self.problem = f"its health check fails: {_shorten(output) or f'exit code {code}'}" if code else ""
        self.evidence = "its health check passes"
        return code == 0

    def _is_completed_job(self, container: EngineContainer) -> bool:
        state, policy = container.state, container.host_config.get("RestartPolicy")
        if state.status == "exited" and state.exit_code == 0:
            self.evidence = "completed with exit code 0"
            return True
        is_retried = isinstance(policy, dict) and policy.get("Name") == "on-failure"
        if state.status in {"exited", "dead"} and (container.restarts or not is_retried or state.error):
            raise DriverError(self._describe_end(container), permanent=True)
        self.problem = "it has not completed"
        return False

    def _is_stable(self, container: EngineContainer) -> bool:
        if self.new or not self.minimum:
            return False
        return seconds_between(container.state.started_at, self.engine.get_info().time) >= self.minimum


def wait_until_healthy(
    engine: Engine, key: str, containers: Sequence[EngineContainer], gate: HealthGate, *, new: bool = False
) -> str:
    """Wait until all containers are healthy; return the evidence. `new` ones were created just now.

    Raises DriverError where one cannot become healthy or the gate's deadline passes.
    """
    minimum = parse_seconds(gate.minimum)
    watched = [WatchedContainer(engine, container.id, minimum, new) for container in containers]
    deadline = time.monotonic() + parse_seconds(gate.deadline)
    while True:
        try:
            unsettled = [container for container in watched if not container.is_settled(time.monotonic())]
        except DriverError as error:
            raise DriverError(f"{key} failed: {error}.", permanent=error.permanent) from error
        if not unsettled:
            return watched[0].evidence if is_job(containers[0]) else _describe_result(watched[0])
        if time.monotonic() >= deadline:
            problem = unsettled[0].problem or f"it was not healthy for {minimum:g} s"
            message = f"{key} did not become healthy within {gate.deadline}: {problem}. Check its logs."
            raise DriverError(message, permanent=True)
        time.sleep(max(container.compute_pause(time.monotonic()) for container in watched))


def describe_exit(container: EngineContainer) -> str:
    """Return how a container ended."""
    state = container.state
    if state.out_of_memory:
        return f"it ran out of memory (exit code {state.exit_code})"
    return f"it exited with code {state.exit_code}" + (f" ({state.error})" if state.error else "")


def describe_last_log_lines(engine: Engine, container: EngineContainer) -> str:
    """Return the last log lines of a container as the end of a message; "" where there are none."""
    try:
        text = engine.read_logs(container.id, _LOG_LINES).decode(errors="replace").strip()
    except DriverError:
        return ""
    return f"; last log lines: {_shorten(text)}" if text else ""


def _describe_result(watched: WatchedContainer) -> str:
    stable = f"{watched.minimum:g} s without a restart"
    return f"healthy: {watched.evidence}, and {stable}" if watched.has_check else f"running for {stable}"


def _build_check_command(container: EngineContainer) -> Sequence[str]:
    test = (container.config.healthcheck or {}).get("Test")
    arguments = [str(argument) for argument in test] if isinstance(test, list) else []
    if arguments[:1] == ["CMD"]:
        return arguments[1:]
    return ["/bin/sh", "-c", arguments[1]] if arguments[:1] == ["CMD-SHELL"] and len(arguments) > 1 else []


def _describe_check_output(container: EngineContainer) -> str:
    health = container.state.health
    output = health.log[-1].output.strip() if health and health.log else ""
    return f": {_shorten(output)}" if output else ""


def _shorten(text: str) -> str:
    line = " / ".join(text.split("\n"))
    return line if len(line) <= 200 else f"{line[:199]}…"
