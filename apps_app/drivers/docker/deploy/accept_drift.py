"""Notes on an engine that what somebody else made of a component is what it shall be."""

import json

from apps_app.drivers.base import DriverError, Part, Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.payload.builder import want
from apps_app.drivers.docker.state.annotations import write_mark
from apps_app.drivers.docker.state.container_decoder import made_of
from apps_app.drivers.docker.state.drift import Comparing


def keep(engine: Engine, app: Placement, key: str, part: Part) -> None:
    """Writes a mark; the containers stay as they are. Raises DriverError where they are something else meanwhile."""
    comparing = Comparing(engine, app)
    live = comparing.found(key, part)
    if live is None or live.component != part.component:
        raise DriverError(f"{key} is something else by now; look again", permanent=True)
    acting = comparing.standing(key).acting
    if not acting:
        return
    desired, first = want(app, key, part), acting[0]
    remaining = {
        labels.KEPT: desired.body,
        labels.MADE: made_of(app.uid, key, first.document),
        labels.LIVE: json.dumps({name: first.host.get(name) for name in desired.live}, sort_keys=True),
        labels.ENDPOINTS: json.dumps(dict(desired.endpoints), sort_keys=True),
    }
    write_mark(engine, desired, first.labels.get(labels.BODY, ""), remaining)
