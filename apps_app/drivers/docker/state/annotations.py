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
    return {volume.labels.get(labels.KEY, ""): volume for volume in engine.volumes(uid=app.uid, role=labels.MARK)}


def write_mark(engine: Engine, desired: Wanted, body: str, preserved: Mapping[str, str] | None = None) -> None:
    """Says what the containers of this body are now; `preserved` is what was kept of what others made of them."""
    name = mark_name(desired.app, desired.key)
    created = desired.labelled(0, "")
    data = {label: created[label] for label in (labels.DIGEST, labels.LIVE, labels.REPLICAS)}
    engine.remove_volume(name)
    own = labels.owned(desired.app, key=desired.key, role=labels.MARK)
    engine.create_volume(name, {**own, **data, **(preserved or {}), labels.BODY: body}, "", {})


def clear_mark(engine: Engine, app: Placement, key: str) -> None:
    for volume in engine.volumes(uid=app.uid, role=labels.MARK, key=key):
        engine.remove_volume(volume.name)
