"""Errors of a Docker Engine as DriverError."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from docker.errors import APIError, DockerException, NotFound
from paramiko.ssh_exception import SSHException

from apps_app.drivers.base import DriverError

_PORT_CONFLICT = re.compile(r"port is already allocated|address already in use|failed to bind host port", re.IGNORECASE)
_PORT = re.compile(r"(?:\d+(?:\.\d+){3}|\[?[0-9a-f]*:[0-9a-f:]*\]?):(\d+)")
_PERMANENT_ERRORS = (
    (re.compile(r"OCI runtime|executable file not found|exec format error|unable to start container process"), ""),
    (re.compile(r"no space left on device", re.IGNORECASE), " Free up space on the target."),
    (re.compile(r"read-only"), ""),
    (re.compile(r"could not find an available, non-overlapping"), " Remove unused networks."),
    (re.compile(r"error while (mounting|creating mount)|invalid mount|not a directory"), ""),
)


@contextmanager
def translate_errors(address: str) -> Iterator[None]:
    """Raise every error of the client library as a DriverError with the next action."""
    try:
        yield
    except APIError as error:
        raise _build_engine_error(error) from error
    except (requests.exceptions.RequestException, DockerException, SSHException, OSError) as error:
        reasons = [*_list_causes(error)]
        if any(isinstance(reason, (requests.exceptions.Timeout, TimeoutError)) for reason in reasons):
            raise DriverError(f"The Docker Engine at {address} did not respond in time.", permanent=False) from error
        last = reasons[-1]
        reason = getattr(last, "strerror", None) or str(last) or type(last).__name__
        message = f"The Docker Engine at {address} is unreachable: {reason}. Check that it is running and the address."
        raise DriverError(message, permanent=False) from error


def is_missing(error: DriverError) -> bool:
    """Whether the engine reported that the resource does not exist."""
    return isinstance(error.__cause__, NotFound)


def is_port_conflict(error: DriverError) -> bool:
    """Whether a requested host port is in use."""
    return isinstance(error.__cause__, APIError) and bool(_PORT_CONFLICT.search(_get_explanation(error.__cause__)))


def get_reason(error: DriverError) -> str:
    """Return the engine's own message of an error, or the whole message where the engine sent none."""
    cause = error.__cause__
    return _get_explanation(cause) if isinstance(cause, APIError) else str(error)


def _get_explanation(error: APIError) -> str:
    return str(error.explanation or error).strip()


def _build_engine_error(error: APIError) -> DriverError:
    text = _get_explanation(error).removesuffix(".")
    if _PORT_CONFLICT.search(text):
        port = _PORT.search(text)
        name = f"Port {port[1]}" if port else "A published port"
        return DriverError(f"{name} is already in use on the target. Choose another port.", permanent=False)
    for pattern, advice in _PERMANENT_ERRORS:
        if pattern.search(text):
            return DriverError(f"The Docker Engine returned an error: {text}.{advice}", permanent=True)
    status = error.status_code or 500
    is_permanent = 400 <= status < 500 and status != 429
    return DriverError(f"The Docker Engine returned an error: {text}.", permanent=is_permanent)


def _list_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and its causes, the innermost last."""
    inner: BaseException | None = error
    while inner is not None:
        yield inner
        inner = inner.__cause__ or inner.__context__
