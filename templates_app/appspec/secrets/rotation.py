"""When a credential changes that a component may have kept in its data: a database goes on with the old password."""

from collections.abc import Collection, Iterable

from templates_app.appspec.diff.field_change import FieldChange, Symbol
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.secrets.credential_patterns import name_says_so


def rotation(key: str, component: ComponentSpec, changed: Collection[str]) -> str:
    """What to do before these credentials change, as a sentence; "" where the component keeps nothing.

    `component` is as it is on the target.
    """
    if not changed or not component.writes_data:
        return ""
    names = " and ".join(sorted(changed))
    volumes = sorted({mount.source or "without a name" for mount in component.mounts.values() if mount.writes_volume})
    remaining = f"the volume{'s' if len(volumes) > 1 else ''} {' and '.join(volumes)}"
    return (
        f"{key} keeps data in {remaining}, and may have the old {names} in there: a new one outside does not change it "
        f"inside. Change it inside {key} first, then apply"
    )


def plain_credentials(changes: Iterable[FieldChange]) -> frozenset[str]:
    """The variables of a component that are credentials by their names and get another value in the open."""
    changed = (change.path for change in changes if change.symbol is Symbol.CHANGED)
    return frozenset(path[3] for path in changed if path[2:3] == ("env",) and len(path) == 4 and name_says_so(path[3]))
