"""When a credential changes that a component may have kept in its data: a database goes on with the old password."""

from collections.abc import Collection, Iterable

from templates_app.appspec.diff.field_change import FieldChange, Symbol
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.secrets.credential_patterns import name_says_so


def rotation(key: str, there: ComponentSpec, changed: Collection[str]) -> str:
    """What to do before these credentials change, as a sentence; "" where the component keeps nothing.

    `there` is the component as it is on the target.
    """
    if not changed or not there.writes_data:
        return ""
    names = " and ".join(sorted(changed))
    volumes = sorted({one.source or "without a name" for one in there.mounts.values() if one.writes_volume})
    kept = f"the volume{'s' if len(volumes) > 1 else ''} {' and '.join(volumes)}"
    return (
        f"{key} keeps data in {kept}, and may have the old {names} in there: a new one outside does not change it "
        f"inside. Change it inside {key} first, then apply"
    )


def plain_credentials(changes: Iterable[FieldChange]) -> frozenset[str]:
    """The variables of a component that are credentials by their names and get another value in the open."""
    changed = (one.path for one in changes if one.symbol is Symbol.CHANGED)
    return frozenset(path[3] for path in changed if path[2:3] == ("env",) and len(path) == 4 and name_says_so(path[3]))
