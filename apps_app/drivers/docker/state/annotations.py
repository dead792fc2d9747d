"""What was changed in running containers: their labels cannot tell it, so those of an empty volume do."""

from collections.abc import Mapping

from apps_app.drivers.base import Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import mark_name
from apps_app.drivers.docker.api.models import Volume
from apps_app.drivers.docker.payload.desired_container import Wanted


def read_marks(engine: Engine, app: Placement) -> dict[str, Volume]:
    """The marks of an application's components, by key."""
    return {one.labels.get(labels.KEY, ""): one for one in engine.volumes(uid=app.uid, role=labels.MARK)}


def write_mark(engine: Engine, wanted: Wanted, body: str, kept: Mapping[str, str] | None = None) -> None:
    """Says what the containers of this body are now; `kept` is what was kept of what others made of them."""
    name = mark_name(wanted.app, wanted.key)
    made = wanted.labelled(0, "")
    said = {one: made[one] for one in (labels.DIGEST, labels.LIVE, labels.REPLICAS)}
    engine.remove_volume(name)
    own = labels.owned(wanted.app, key=wanted.key, role=labels.MARK)
    engine.create_volume(name, {**own, **said, **(kept or {}), labels.BODY: body}, "", {})


def clear_mark(engine: Engine, app: Placement, key: str) -> None:
    for one in engine.volumes(uid=app.uid, role=labels.MARK, key=key):
        engine.remove_volume(one.name)
