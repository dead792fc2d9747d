"""What a plan was made from, as one keyed digest: while it stays, the plan holds."""

from collections.abc import Iterable

from pydantic import JsonValue

from templates_app.appspec.schema.serialize import digest, keyed_digest
from upgrades_app.engine.inputs.planning_input import Side, Situation
from upgrades_app.engine.inputs.rendered_side import View


def fingerprint(situation: Situation, applied: View, desired: View, stopped: Iterable[str] = ()) -> str:
    """Covers versions, documents and values of every side, revisions, rendered digests, and what was seen on the
    target: presence and digests, and those that are needed and do not run (`asleep`); never health or uptime. The
    answers are not part of it."""
    salt = situation.salt
    observed = {} if situation.observed is None else situation.observed
    covered: dict[str, JsonValue] = {
        "kind": situation.kind,
        "target": situation.target,
        "versions": [situation.from_version, situation.to_version],
        "origins": dict[str, JsonValue](situation.origins),
        "sides": [_side(side) for side in _sides(situation)],
        "revisions": dict[str, JsonValue](situation.revisions),
        "applied": {key: applied.digest(key, salt) for key in applied.parts},
        "desired": {key: desired.digest(key, salt) for key in desired.parts},
        "observed": {key: item.digest for key, item in observed.items() if item.present},
        "unknown": list[JsonValue](sorted(situation.unknown)),
    }
    if sleeping := sorted(stopped):
        covered["asleep"] = list[JsonValue](sleeping)
    return keyed_digest(covered, salt)


def _sides(situation: Situation) -> tuple[Side | None, ...]:
    merged = (situation.base, situation.desired, situation.applied, situation.theirs)
    return (*merged, situation.applied_base, situation.applied_theirs)


def _side(side: Side | None) -> JsonValue:
    if side is None:
        return None
    return {
        "spec": digest(side.spec),
        "values": dict[str, JsonValue](side.values),
        "secrets": dict[str, JsonValue](side.secrets),
    }
