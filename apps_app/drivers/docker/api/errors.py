"""What goes wrong at an engine, as DriverErrors in words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from docker.errors import APIError, DockerException, NotFound
from paramiko.ssh_exception import SSHException

from apps_app.drivers.base import DriverError

_PORT_TAKEN = re.compile(r"port is already allocated|address already in use|failed to bind host port", re.IGNORECASE)
_PORT = re.compile(r"(?:\d+(?:\.\d+){3}|\[?[0-9a-f]*:[0-9a-f:]*\]?):(\d+)")
_LASTING = (
    (re.compile(r"OCI runtime|executable file not found|exec format error|unable to start container process"), ""),
    (re.compile(r"no space left on device", re.IGNORECASE), "; make room on the engine"),
    (re.compile(r"read-only"), ""),
    (re.compile(r"could not find an available, non-overlapping"), "; remove networks that nobody uses"),
    (re.compile(r"error while (mounting|creating mount)|invalid mount|not a directory"), ""),
)


@contextmanager
def speaking(address: str) -> Iterator[None]:
    """Turns every error of the library into a DriverError that says what to do."""
    try:
        yield
    except APIError as error:
        raise _refused(error) from error
    except (requests.exceptions.RequestException, DockerException, SSHException, OSError) as error:
        reasons = [*_reasons(error)]
        if any(isinstance(reason, (requests.exceptions.Timeout, TimeoutError)) for reason in reasons):
            raise DriverError(f"the Docker Engine at {address} did not answer in time", permanent=False) from error
        last = reasons[-1]
        why = getattr(last, "strerror", None) or str(last) or type(last).__name__
        text = f"the Docker Engine at {address} cannot be reached: {why}"
        raise DriverError(f"{text}; is it running, and is the address right?", permanent=False) from error


def is_missing(error: DriverError) -> bool:
    """Whether the engine said that it has no such thing."""
    return isinstance(error.__cause__, NotFound)


def is_port_taken(error: DriverError) -> bool:
    """Whether somebody has a port of the host that was asked for."""
    return isinstance(error.__cause__, APIError) and bool(_PORT_TAKEN.search(_said(error.__cause__)))


def _said(error: APIError) -> str:
    return str(error.explanation or error).strip()


def _refused(error: APIError) -> DriverError:
    text = _said(error)
    if _PORT_TAKEN.search(text):
        port = _PORT.search(text)
        named = f"port {port[1]}" if port else "a port that it publishes"
        return DriverError(f"{named} is in use already on the engine's machine", permanent=False)
    for pattern, advice in _LASTING:
        if pattern.search(text):
            return DriverError(f"the Docker Engine refused: {text}{advice}", permanent=True)
    status = error.status_code or 500
    return DriverError(f"the Docker Engine refused: {text}", permanent=400 <= status < 500 and status != 429)


def _reasons(error: BaseException) -> Iterator[BaseException]:
    """The error, and what libraries have wrapped it around, the innermost last."""
    inner: BaseException | None = error
    while inner is not None:
        yield inner
        inner = inner.__cause__ or inner.__context__
