"""When a change of one component endangers what it has written."""

from templates_app.appspec.schema.component import ComponentSpec, Mount


def data_at_risk(before: ComponentSpec | None, after: ComponentSpec | None) -> str:
    """Why the component's data may not survive the change, as a sentence; "" where nothing is at risk.

    Looked at are components that write a volume already: a changed image or user may not read what is there, a changed
    volume or path leaves it behind. A version that declares its data compatible is believed.
    """
    if before is None or after is None or after.data_compatible or not before.writes_data:
        return ""
    reasons = [*_readers(before, after), *_places(before, after)]
    return f"{_volumes(before)}: {'; '.join(reasons)}" if reasons else ""


def _readers(before: ComponentSpec, after: ComponentSpec) -> list[str]:
    fields = [("image", before.image, after.image), ("user", before.user, after.user)]
    return [f"{name} {old or 'not set'} → {new or 'not set'}" for name, old, new in fields if old != new]


def _places(before: ComponentSpec, after: ComponentSpec) -> list[str]:
    reasons = []
    for path, mount in before.mounts.items():
        if not mount.writes_volume:
            continue
        now = after.mounts.get(path)
        if now is None:
            reasons.append(f"nothing is mounted at {path} any more")
        elif (now.kind, now.source) != (mount.kind, mount.source):
            reasons.append(f"{path} is on {_named(now)} instead of {_named(mount)}")
    return reasons


def _volumes(component: ComponentSpec) -> str:
    sources = sorted({mount.source for mount in component.mounts.values() if mount.writes_volume and mount.source})
    if not sources:
        return "data in an unnamed volume"
    return f"data in volume{'s' if len(sources) > 1 else ''} {', '.join(sources)}"


def _named(mount: Mount) -> str:
    unnamed = {"volume": "an unnamed volume", "tmpfs": "a tmpfs", "host": "a path of the host"}
    return mount.source or unnamed[mount.kind]
