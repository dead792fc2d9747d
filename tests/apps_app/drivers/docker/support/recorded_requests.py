"""Recorded requests to an engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import requests


@contextmanager
def record_requests() -> Iterator[list[str]]:
    """Record every request to an engine, as `GET /v1.41/containers/json`."""
    result: list[str] = []
    request = requests.Session.request

    def record_request(session: requests.Session, method: str, url: str, *args: Any, **more: Any) -> requests.Response:
        result.append(f"{method} /{url.partition('://')[2].partition('/')[2]}")
        return request(session, method, url, *args, **more)

    with patch.object(requests.Session, "request", record_request):
        yield result
