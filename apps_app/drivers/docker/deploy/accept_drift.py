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
    there = comparing.found(key, part)
    if there is None or there.component != part.component:
        raise DriverError(f"{key} is something else by now; look again", permanent=True)
    acting = comparing.standing(key).acting
    if not acting:
        return
    wanted, first = want(app, key, part), acting[0]
    kept = {
        labels.KEPT: wanted.body,
        labels.MADE: made_of(app.uid, key, first.document),
        labels.LIVE: json.dumps({name: first.host.get(name) for name in wanted.live}, sort_keys=True),
        labels.ENDPOINTS: json.dumps(dict(wanted.endpoints), sort_keys=True),
    }
    write_mark(engine, wanted, first.labels.get(labels.BODY, ""), kept)
