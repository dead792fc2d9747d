"""When containers ran, as the engine noted it."""

from datetime import datetime
from typing import Any

import docker

from apps_app.drivers.base import Placement


def now(api: docker.APIClient) -> str:
    said: str = api.info()["SystemTime"]
    return said


def starts_and_ends(api: docker.APIClient, app: Placement, since: str, *keys: str) -> list[str]:
    """What happened to the containers of these components from then on, in order: `start db`, `die db`."""
    filters = {"label": [f"uplift.uid={app.uid}"], "event": ["start", "die"]}
    found: list[dict[str, Any]] = list(
        api.events(since=_moment(since), until=_moment(now(api)) + 1, filters=filters, decode=True)
    )
    said = ((one["timeNano"], one["Action"], one["Actor"]["Attributes"]["uplift.key"]) for one in found)
    return [f"{action} {key}" for at, action, key in sorted(said) if at > _nanoseconds(since) and key in keys]


def most_at_once(said: list[str], running: int) -> int:
    """How many of them ran at the same time, when so many did before."""
    counts = [running]
    for one in said:
        counts.append(counts[-1] + (1 if one.startswith("start") else -1))
    return max(counts)


def _moment(said: str) -> int:
    return int(datetime.fromisoformat(said).timestamp())


def _nanoseconds(said: str) -> int:
    return int(datetime.fromisoformat(said).timestamp() * 1e9)
