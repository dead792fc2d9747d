"""Credentials that a component may have stored in its data, such as a database password."""

from collections.abc import Collection, Iterable

from templates_app.appspec.diff.field_change import FieldChange, Symbol
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.secrets.credential_patterns import is_credential_name


def find_rotations(key: str, component: ComponentSpec, changed: Collection[str]) -> str:
    """Return what to do before these credentials change, or "". `there` is the component on the target."""
    if not changed or not component.writes_data:
        return ""
    names = " and ".join(sorted(changed))
    volumes = sorted({mount.source or "without a name" for mount in component.mounts.values() if mount.writes_volume})
    remaining = f"the volume{'s' if len(volumes) > 1 else ''} {' and '.join(volumes)}"
    return (
        f"{key} keeps data in {remaining}, which may still contain the old {names}. "
        f"Change it inside {key} first, then apply"
    )


def find_plain_credentials(changes: Iterable[FieldChange]) -> frozenset[str]:
    """Return variables with credential names whose plain value changes."""
    changed = (change.path for change in changes if change.symbol is Symbol.CHANGED)
    return frozenset(
        path[3] for path in changed if path[2:3] == ("env",) and len(path) == 4 and is_credential_name(path[3])
    )
