"""The labels that tell whose a thing is, and what it was made from. No secret and no plain digest of one is in them."""

from collections.abc import Mapping

from apps_app.drivers.base import Placement

PREFIX = "uplift."
UID = "uplift.uid"
SLUG = "uplift.slug"
KEY = "uplift.key"
REPLICA = "uplift.replica"
REPLICAS = "uplift.replicas"
DIGEST = "uplift.digest"
BODY = "uplift.body"
MADE = "uplift.made"
KEPT = "uplift.kept"
LIVE = "uplift.live"
NAME = "uplift.name"
KIND = "uplift.kind"
RUN = "uplift.run"
PROBE = "uplift.probe"
ENDPOINTS = "uplift.endpoints"
WAITS = "uplift.restarts-with"
SHARES = "uplift.shares-with"
VOLUME = "uplift.volume"
ROLE = "uplift.role"
CONTAINERS = "uplift.containers"
THINGS = "uplift.things"
MARK = "mark"
ADOPTED = "adopted"
ADOPTED_THINGS = "adopted-things"


def owned(app: Placement, **more: str) -> dict[str, str]:
    """The labels of everything that belongs to an application, and `uplift.NAME` for each more."""
    return {UID: app.uid, SLUG: app.slug, **{PREFIX + name: value for name, value in more.items()}}


def is_ours(labels: Mapping[str, str], app: Placement) -> bool:
    return labels.get(UID) == app.uid
