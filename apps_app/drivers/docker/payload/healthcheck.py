"""Probes: command probes as the engine's health check; HTTP and TCP probes run by the driver."""

import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from apps_app.drivers.docker.api.json_values import (
    parse_integer,
    parse_mapping,
    parse_nanoseconds,
    parse_seconds,
    parse_text,
    parse_text_list,
)
from apps_app.drivers.docker.api.models import InspectTree
from apps_app.drivers.docker.payload.container_draft import ContainerDraft
from apps_app.drivers.issues import IssueCode
from templates_app.appspec.schema.component import HttpProbe, Probe, ProbeKind

_PREFERRED: tuple[ProbeKind, ...] = ("readiness", "liveness", "startup")
_TIMES = {
    "interval": "Interval",
    "timeout": "Timeout",
    "start_period": "StartPeriod",
    "start_interval": "StartInterval",
}


def build_healthcheck(draft: ContainerDraft) -> InspectTree | None:
    """Return the engine's health check, or None. Records an issue where there is more than one probe."""
    component = draft.component
    names = [name for name in _PREFERRED if name in component.probes]
    if len(names) > 1:
        draft.add_issue(IssueCode.MULTIPLE_PROBES, "probes", probes=" and ".join(names), preferred=names[0])
    if names:
        return _build_probe_check(component.probes[names[0]])
    own = component.engine.get("healthcheck")
    return _build_engine_check(parse_mapping(own)) if own is not None else None


def _build_probe_check(probe: Probe) -> InspectTree | None:
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
    tree: InspectTree = {
        "Test": test,
        **{_TIMES[name]: parse_nanoseconds(duration) for name, duration in times.items() if duration is not None},
    }
    return tree | ({"Retries": int(probe.retries)} if probe.retries is not None else {})


def _build_engine_check(own: Mapping[str, JsonValue]) -> InspectTree:
    """Return the health check of a Compose `healthcheck` that only overrides settings of the image's check."""
    if unknown := sorted(own.keys() - _TIMES.keys() - {"test", "retries"}):
        raise ValueError(f"healthcheck.{unknown[0]} is not a known key")
    tree: InspectTree = {
        field: parse_nanoseconds(parse_text(own[name])) for name, field in _TIMES.items() if name in own
    }
    if "test" in own:
        tree["Test"] = parse_text_list(own["test"])
    if "retries" in own:
        tree["Retries"] = parse_integer(own["retries"])
    return tree


def run_probe(probe: Probe, addresses: Sequence[str], port: int) -> str:
    """Run a probe against the addresses of a container; return "" when one succeeds, otherwise the last problem."""
    timeout = parse_seconds(probe.timeout) if probe.timeout else 5.0
    problem = "the container has no address"
    for address in addresses:
        if probe.http is not None:
            problem = _probe_http(probe.http, address, port, timeout)
        else:
            problem = _probe_tcp(address, port, timeout)
        if not problem:
            return ""
    return problem


def get_probe_port(probe: Probe) -> int:
    """Return the container port of a probe."""
    return int(probe.http.port if probe.http is not None else probe.tcp or 0)


def describe_probe(probe: Probe) -> str:
    """Return what a successful probe proves: "GET /health on port 8000 succeeded", "port 6379 is open"."""
    if probe.http is not None:
        return f"GET {probe.http.path} on port {probe.http.port} succeeded"
    return f"port {probe.tcp} is open"


def _probe_tcp(address: str, port: int, timeout: float) -> str:
    try:
        socket.create_connection((address, port), timeout).close()
    except OSError as error:
        return f"port {port} does not respond ({error.strerror or error})"
    return ""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Does not follow redirects: a redirect is a successful response."""

    def redirect_request(self, *arguments: object) -> None:
        return None


def _probe_http(http: HttpProbe, address: str, port: int, timeout: float) -> str:
    host = f"[{address}]" if ":" in address else address
    unverified = ssl._create_unverified_context()  # noqa: S323  # a container's certificate names no address
    handlers = (_NoRedirects(), urllib.request.HTTPSHandler(context=unverified), urllib.request.ProxyHandler({}))
    url = f"{http.scheme}://{host}:{port}/{http.path.removeprefix('/')}"
    try:
        urllib.request.build_opener(*handlers).open(url, timeout=timeout).close()
    except urllib.error.HTTPError as error:
        return "" if 300 <= error.code < 400 else f"GET {http.path} returned {error.code}"
    except (OSError, ValueError) as error:
        return f"GET {http.path} on port {port} does not respond ({getattr(error, 'reason', error)})"
    return ""
