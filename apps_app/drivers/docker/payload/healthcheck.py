"""Probes: as the engine's own health check where they run a command, else asked by the driver."""

import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from apps_app.drivers.docker.api.duration import nanoseconds, seconds
from apps_app.drivers.docker.api.json_values import table, text, texts, whole
from apps_app.drivers.docker.api.models import Tree
from templates_app.appspec.schema.component import ComponentSpec, Probe, ProbeKind

_PREFERRED: tuple[ProbeKind, ...] = ("readiness", "liveness", "startup")
_TIMES = {
    "interval": "Interval",
    "timeout": "Timeout",
    "start_period": "StartPeriod",
    "start_interval": "StartInterval",
}


def healthcheck(component: ComponentSpec, faults: list[str]) -> Tree | None:
    """The engine's one health check. Adds what it cannot do to `faults`."""
    described = [name for name in _PREFERRED if name in component.probes]
    if len(described) > 1:
        faults.append(
            f"it has {' and '.join(described)} probes, and a Docker Engine knows one check; keep {described[0]}"
        )
    if described:
        return _check(component.probes[described[0]])
    own = component.engine.get("healthcheck")
    return _engine_check(table(own)) if own is not None else None


def _check(probe: Probe) -> Tree | None:
    if probe.disabled is True:
        return {"Test": ["NONE"]}
    if probe.http is not None or probe.tcp is not None:
        return {"Test": ["NONE"]}
    test: list[JsonValue] = ["CMD-SHELL", probe.shell] if probe.shell is not None else ["CMD", *(probe.command or ())]
    times = {
        "interval": probe.interval,
        "timeout": probe.timeout,
        "start_period": probe.start_period,
        "start_interval": probe.start_interval,
    }
    tree: Tree = {
        "Test": test,
        **{_TIMES[name]: nanoseconds(duration) for name, duration in times.items() if duration is not None},
    }
    return tree | ({"Retries": int(probe.retries)} if probe.retries is not None else {})


def _engine_check(own: Mapping[str, JsonValue]) -> Tree:
    """A check in the words of Compose that only sets the times of an image's own, or adds words to its test."""
    if unknown := sorted(own.keys() - _TIMES.keys() - {"test", "retries"}):
        raise ValueError(f"healthcheck.{unknown[0]} is not known")
    tree: Tree = {field: nanoseconds(text(own[name])) for name, field in _TIMES.items() if name in own}
    if "test" in own:
        tree["Test"] = texts(own["test"])
    if "retries" in own:
        tree["Retries"] = whole(own["retries"])
    return tree


def asked(probe: Probe, addresses: Sequence[str], port: int) -> str:
    """Asks the component at its addresses; "" when it answers well, else what was wrong."""
    patience = seconds(probe.timeout) if probe.timeout else 5.0
    wrong = "it has no address"
    for address in addresses:
        wrong = _http(probe, address, port, patience) if probe.http is not None else _tcp(address, port, patience)
        if not wrong:
            return ""
    return wrong


def port_of(probe: Probe) -> int:
    """The port in the container that a probe asks."""
    return int(probe.http.port if probe.http is not None else probe.tcp or 0)


def wording(probe: Probe) -> str:
    """`GET /health on port 8000 answered`, `port 6379 answered`."""
    if probe.http is not None:
        return f"GET {probe.http.path} on port {probe.http.port} answered"
    return f"port {probe.tcp} answered"


def _tcp(address: str, port: int, patience: float) -> str:
    try:
        socket.create_connection((address, port), patience).close()
    except OSError as error:
        return f"port {port} does not answer ({error.strerror or error})"
    return ""


class _Staying(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, and is not followed."""

    def redirect_request(self, *arguments: object) -> None:
        return None


def _http(probe: Probe, address: str, port: int, patience: float) -> str:
    assert probe.http is not None  # noqa: S101  # the caller has asked
    host = f"[{address}]" if ":" in address else address
    unverified = ssl._create_unverified_context()  # noqa: S323  # a container's certificate names no address
    handlers = (_Staying(), urllib.request.HTTPSHandler(context=unverified), urllib.request.ProxyHandler({}))
    url = f"{probe.http.scheme}://{host}:{port}/{probe.http.path.removeprefix('/')}"
    try:
        urllib.request.build_opener(*handlers).open(url, timeout=patience).close()
    except urllib.error.HTTPError as error:
        return "" if 300 <= error.code < 400 else f"GET {probe.http.path} answered {error.code}"
    except (OSError, ValueError) as error:
        return f"GET {probe.http.path} on port {port} does not answer ({getattr(error, 'reason', error)})"
    return ""
