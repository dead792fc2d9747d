"""Keyed digest of the input of a plan. A plan whose fingerprint changed is stale."""

from collections.abc import Iterable

from pydantic import JsonValue

from templates_app.appspec.schema.serialize import compute_digest, compute_keyed_digest
from upgrades_app.engine.inputs.planning_input import PlanningInput, SpecSide
from upgrades_app.engine.inputs.rendered_side import RenderedSide


def compute_fingerprint(
    planning_input: PlanningInput, applied: RenderedSide, desired: RenderedSide, stopped: Iterable[str] = ()
) -> str:
    """Return the fingerprint. It covers versions, documents and values of every side, revisions, rendered digests, and
    the live state: presence, digests and stopped dependencies, not health or uptime. Answers are not part of it."""
    salt = planning_input.salt
    observed = {} if planning_input.observed is None else planning_input.observed
    covered: dict[str, JsonValue] = {
        "kind": planning_input.kind,
        "target": planning_input.target,
        "versions": [planning_input.from_version, planning_input.to_version],
        "origins": dict[str, JsonValue](planning_input.origins),
        "sides": [_describe_side(side) for side in _describe_sides(planning_input)],
        "revisions": dict[str, JsonValue](planning_input.revisions),
        "applied": {key: applied.digest(key, salt) for key in applied.parts},
        "desired": {key: desired.digest(key, salt) for key in desired.parts},
        "observed": {key: item.digest for key, item in observed.items() if item.present},
        "unknown": list[JsonValue](sorted(planning_input.unknown)),
    }
    if stopped_keys := sorted(stopped):
        covered["stopped_dependencies"] = list[JsonValue](stopped_keys)
    return compute_keyed_digest(covered, salt)


def _describe_sides(planning_input: PlanningInput) -> tuple[SpecSide | None, ...]:
    merged = (planning_input.base, planning_input.desired, planning_input.applied, planning_input.theirs)
    return (*merged, planning_input.applied_base, planning_input.applied_theirs)


def _describe_side(side: SpecSide | None) -> JsonValue:
    if side is None:
        return None
    return {
        "spec": compute_digest(side.spec),
        "values": dict[str, JsonValue](side.values),
        "secrets": dict[str, JsonValue](side.secrets),
    }
