"""Images: present on the engine, or pulled from their registry with progress in bytes."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from apps_app.drivers.base import DriverError, ProgressCallback, TransferProgress
from apps_app.drivers.docker.api.client import parse_registry_host
from apps_app.drivers.docker.api.errors import get_reason
from apps_app.drivers.docker.api.snapshot import AnyEngine
from apps_app.drivers.docker.payload.desired_container import DesiredContainer
from apps_app.drivers.docker.state import host_info
from apps_app.drivers.issues import IssueCode, PreflightIssue
from apps_app.presenters.preflight_messages import describe_issue

# Registries and engines report errors as text only; these fragments of their messages tell the cases apart.
_TRANSIENT_ERRORS = (
    "timeout",
    "toomanyrequests",
    "connection reset",
    "connection refused",
    "eof",
    "temporary failure",
    "502 bad gateway",
    "503 service unavailable",
)
_AUTHENTICATION_ERRORS = ("denied", "unauthorized", "authentication required", "no basic auth credentials")
_NOT_FOUND_ERROR = "not found"
_MIN_REPORT_INTERVAL, _MAX_REPORT_INTERVAL = 1.0, 10.0
"""Seconds between two progress reports: where at least 2 % were transferred, and in any case."""
_REPORTED_FRACTION = 50


def pull_missing(engine: AnyEngine, desired: DesiredContainer) -> None:
    """Pull the image if it is missing, without progress and whatever its pull policy. Raises DriverError."""
    if engine.get_image(desired.image) is None:
        pull_image(engine, desired, lambda _: None)


def pull_image(engine: AnyEngine, desired: DesiredContainer, watch: ProgressCallback) -> None:
    """Pull the image if it is missing or its pull policy requires the newest. Raises DriverError."""
    image, policy = desired.image, _get_pull_policy(desired)
    if engine.get_image(image) is not None and policy != "always":
        return
    if policy in {"never", "build"}:
        raise DriverError(describe_issue(_build_policy_issue(desired)), permanent=True)
    _pull_with_progress(engine, desired, watch)
    if engine.get_image(image) is None:
        raise _build_pull_error(engine, desired, "the image is missing after the pull")


def _pull_with_progress(engine: AnyEngine, desired: DesiredContainer, watch: ProgressCallback) -> None:
    layers, free = _LayerProgress(desired.image), host_info.get_free_bytes(engine)
    reported, last = layers.progress, time.monotonic()
    watch(reported)
    for line in _stream_pull(engine, desired):
        if message := line.get("error"):
            raise _build_pull_error(engine, desired, str(message))
        if not layers.update(line):
            continue
        progress, elapsed = layers.progress, time.monotonic() - last
        if free is not None and progress.total > free:
            raise DriverError(host_info.describe_disk_shortage(desired.image, progress.total, free), permanent=True)
        is_large = (progress.done - reported.done) * _REPORTED_FRACTION >= progress.total
        if elapsed >= _MAX_REPORT_INTERVAL or (elapsed >= _MIN_REPORT_INTERVAL and is_large):
            watch(progress)
            reported, last = progress, time.monotonic()


def _stream_pull(engine: AnyEngine, desired: DesiredContainer) -> Iterator[Mapping[str, JsonValue]]:
    try:
        yield from engine.pull(desired.image, desired.platform)
    except DriverError as error:
        raise _build_pull_error(engine, desired, get_reason(error)) from error


def check_image(engine: AnyEngine, desired: DesiredContainer) -> Iterator[PreflightIssue]:
    """Yield why the image cannot be pulled or does not fit the engine. Raises DriverError where the registry may
    respond later."""
    image = engine.get_image(desired.image)
    if image is None:
        yield from _check_registry(engine, desired)
    elif image.architecture:
        yield from _check_platform(engine, desired, {image.architecture})


def _check_registry(engine: AnyEngine, desired: DesiredContainer) -> Iterator[PreflightIssue]:
    if _get_pull_policy(desired) in {"never", "build"}:
        yield _build_policy_issue(desired)
        return
    try:
        document = engine.inspect_registry_image(desired.image)
    except DriverError as error:
        reason = get_reason(error)
        if _is_transient(reason):
            raise _build_pull_error(engine, desired, reason) from error
        yield _build_pull_issue(engine, desired, reason)
        return
    platforms = document.get("Platforms")
    listed = platforms if isinstance(platforms, list) else []
    offered = {str(platform.get("architecture")) for platform in listed if isinstance(platform, dict)}
    yield from _check_platform(engine, desired, offered)


def _check_platform(engine: AnyEngine, desired: DesiredContainer, offered: set[str]) -> Iterator[PreflightIssue]:
    actual = engine.get_info().architecture
    if offered and not desired.platform and not any(_is_same_architecture(name, actual) for name in offered):
        params = {"platforms": ", ".join(sorted(offered)), "actual": actual}
        yield PreflightIssue(IssueCode.IMAGE_PLATFORM, component=desired.key, resource=desired.image, params=params)


def _get_pull_policy(desired: DesiredContainer) -> str:
    return str(desired.component.engine.get("pull_policy") or "missing")


def _build_policy_issue(desired: DesiredContainer) -> PreflightIssue:
    params = {"policy": _get_pull_policy(desired)}
    return PreflightIssue(IssueCode.IMAGE_PULL_FORBIDDEN, component=desired.key, resource=desired.image, params=params)


def _build_pull_error(engine: AnyEngine, desired: DesiredContainer, reason: str) -> DriverError:
    message = describe_issue(_build_pull_issue(engine, desired, reason))
    return DriverError(message, permanent=not _is_transient(reason))


def _build_pull_issue(engine: AnyEngine, desired: DesiredContainer, reason: str) -> PreflightIssue:
    """Return the issue of a failed pull; `reason` is the message of the engine."""
    registry = parse_registry_host(desired.image)
    credentials = engine.address.credentials.get(registry)
    params = {"registry": registry, "reason": reason}
    if any(fragment in reason.lower() for fragment in _AUTHENTICATION_ERRORS):
        code = IssueCode.REGISTRY_LOGIN_MISSING if credentials is None else IssueCode.REGISTRY_LOGIN_REJECTED
        params["username"] = "" if credentials is None else credentials.username
    else:
        code = IssueCode.IMAGE_NOT_FOUND if _NOT_FOUND_ERROR in reason else IssueCode.IMAGE_UNAVAILABLE
    return PreflightIssue(code, component=desired.key, resource=desired.image, params=params)


def _is_transient(reason: str) -> bool:
    return any(fragment in reason.lower() for fragment in _TRANSIENT_ERRORS)


def _is_same_architecture(name: str, other: str) -> bool:
    names = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "armv6l": "arm", "i686": "386", "i386": "386"}
    return names.get(name, name) == names.get(other, other)


@dataclass
class _LayerProgress:
    """Transferred and total bytes of each layer by id."""

    image: str
    layers: dict[str, tuple[int, int]] = field(default_factory=dict)

    def update(self, line: Mapping[str, JsonValue]) -> bool:
        """Record one line of a pull; return whether it changed the progress."""
        layer, detail = line.get("id"), line.get("progressDetail")
        if not isinstance(layer, str) or not isinstance(detail, dict):
            return False
        if line.get("status") == "Download complete" and layer in self.layers:
            self.layers[layer] = (self.layers[layer][1],) * 2
            return True
        current, total = detail.get("current"), detail.get("total")
        if line.get("status") != "Downloading" or not isinstance(current, int) or not isinstance(total, int):
            return False
        self.layers[layer] = (current, total)
        return True

    @property
    def progress(self) -> TransferProgress:
        return TransferProgress(
            self.image, sum(done for done, _ in self.layers.values()), sum(total for _, total in self.layers.values())
        )
