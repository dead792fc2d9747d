"""How a component stands on the target against what was last applied to it."""

from enum import StrEnum

from upgrades_app.engine.situation import Situation
from upgrades_app.engine.view import View


class Standing(StrEnum):
    """STRAY is there though nothing was applied; UNKNOWN is what nobody knows since an undo failed."""

    AS_APPLIED = "as applied"
    MISSING = "missing"
    DRIFTED = "drifted"
    STRAY = "stray"
    UNKNOWN = "unknown"


def standings(situation: Situation, applied: View) -> dict[str, Standing]:
    """For every component that was applied or seen. Without a look at the target all are as applied."""
    seen = {key for key, one in (situation.observed or {}).items() if one.present}
    return {key: _standing(situation, applied, key) for key in sorted(applied.parts.keys() | seen | situation.unknown)}


def _standing(situation: Situation, applied: View, key: str) -> Standing:
    if key in situation.unknown:
        return Standing.UNKNOWN
    if situation.observed is None:
        return Standing.AS_APPLIED
    observed = situation.observed.get(key)
    if observed is None or not observed.present:
        return Standing.MISSING
    if key not in applied.parts:
        return Standing.STRAY
    return Standing.AS_APPLIED if observed.digest == applied.digest(key, situation.salt) else Standing.DRIFTED
