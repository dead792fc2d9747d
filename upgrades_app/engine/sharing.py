"""Components that live in another one's network: where that is made anew, they have to be, too."""

from collections.abc import Mapping

from templates_app.spec.model import AppSpec
from templates_app.spec.uses import shares_of
from upgrades_app.engine.plan import Action

_ANEW = {Action.CREATE, Action.RESTART, Action.RECREATE}
_STAYING = {Action.NOTHING, Action.UPDATE, Action.RESTART}


def following(actions: Mapping[str, Action], merged: AppSpec) -> dict[str, str]:
    """Those that would stay though what they share does not → the component that they share it with."""
    found: dict[str, str] = {}
    waiting = [key for key, action in sorted(actions.items()) if action in _STAYING and key in merged.components]
    moved = True
    while moved:
        moved = False
        for key in waiting:
            anew = (
                one for one in sorted(shares_of(merged.components[key])) if actions.get(one) in _ANEW or one in found
            )
            if key not in found and (lender := next(anew, "")):
                found[key] = lender
                moved = True
    return found
