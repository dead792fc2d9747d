"""When containers ran, as the engine noted it."""

from datetime import datetime
from typing import Any

import docker

from apps_app.drivers.base import Placement


def now(api: docker.APIClient) -> str:
    text: str = api.info()["SystemTime"]
    return text


def starts_and_ends(api: docker.APIClient, app: Placement, since: str, *keys: str) -> list[str]:
    """What happened to the containers of these components from then on, in order: `start db`, `die db`."""
    filters = {"label": [f"uplift.uid={app.uid}"], "event": ["start", "die"]}
    result: list[dict[str, Any]] = list(
        api.events(since=_moment(since), until=_moment(now(api)) + 1, filters=filters, decode=True)
    )
    data = ((items["timeNano"], items["Action"], items["Actor"]["Attributes"]["uplift.key"]) for items in result)
    return [f"{action} {key}" for at, action, key in sorted(data) if at > _nanoseconds(since) and key in keys]


def most_at_once(data: list[str], running: int) -> int:
    """How many of them ran at the same time, when so many did before."""
    counts = [running]
    for name in data:
        counts.append(counts[-1] + (1 if name.startswith("start") else -1))
    return max(counts)


def _moment(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _nanoseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1e9)
