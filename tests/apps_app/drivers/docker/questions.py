"""What an engine is asked while something is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import requests


@contextmanager
def asked() -> Iterator[list[str]]:
    """Every question to an engine within, as `GET /v1.41/containers/json`."""
    result: list[str] = []
    request = requests.Session.request

    def noting(session: requests.Session, method: str, url: str, *args: Any, **more: Any) -> requests.Response:
        result.append(f"{method} /{url.partition('://')[2].partition('/')[2]}")
        return request(session, method, url, *args, **more)

    with patch.object(requests.Session, "request", noting):
        yield result
