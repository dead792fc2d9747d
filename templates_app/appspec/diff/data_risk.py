"""Data at risk: changes of a component that may make the data in its volumes unreadable."""

from templates_app.appspec.schema.component import ComponentSpec, Mount


def describe_data_risk(before: ComponentSpec | None, after: ComponentSpec | None) -> str:
    """Return why the data in the component's volumes may not survive the change, or "". Only components that already
    write a volume are considered: a changed image or user may not be able to read the data, and a changed volume or
    path leaves it behind."""
    if before is None or after is None or after.data_compatible or not before.writes_data:
        return ""
    reasons = [*_volume_readers(before, after), *_mount_places(before, after)]
    return f"{_written_volumes(before)}: {'; '.join(reasons)}" if reasons else ""


def _volume_readers(before: ComponentSpec, after: ComponentSpec) -> list[str]:
    fields = [("image", before.image, after.image), ("user", before.user, after.user)]
    return [f"{name} {old or 'not set'} → {new or 'not set'}" for name, old, new in fields if old != new]


def _mount_places(before: ComponentSpec, after: ComponentSpec) -> list[str]:
    reasons = []
    for path, mount in before.mounts.items():
        if not mount.writes_volume:
            continue
        now = after.mounts.get(path)
        if now is None:
            reasons.append(f"nothing is mounted at {path}")
        elif (now.kind, now.source) != (mount.kind, mount.source):
            reasons.append(f"{path} is on {_volume_name(now)} instead of {_volume_name(mount)}")
    return reasons


def _written_volumes(component: ComponentSpec) -> str:
    sources = sorted({mount.source for mount in component.mounts.values() if mount.writes_volume and mount.source})
    if not sources:
        return "data in an anonymous volume"
    return f"data in volume{'s' if len(sources) > 1 else ''} {', '.join(sources)}"


def _volume_name(mount: Mount) -> str:
    unnamed = {"volume": "an anonymous volume", "tmpfs": "a tmpfs", "host": "a host path"}
    return mount.source or unnamed[mount.kind]
