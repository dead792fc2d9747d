"""How a status of any kind looks: its tone, its icon and its word, the same on every page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Badge:
    tone: str
    icon: str
    label: str = ""


LOOKS: dict[str, Badge] = {
    # upgrade records
    "planned": Badge("muted", "ring"),
    "queued": Badge("info", "waiting"),
    "running": Badge("info", "running"),
    "rolling_back": Badge("warn", "undo"),
    "succeeded": Badge("ok", "check"),
    "partially_upgraded": Badge("warn", "half", "Partially completed"),
    "failed": Badge("bad", "cross"),
    "aborted": Badge("muted", "skip"),
    "rolled_back": Badge("warn", "undo"),
    "rollback_failed": Badge("bad", "alert"),
    "discarded": Badge("muted", "minus"),
    "superseded": Badge("muted", "skip"),
    # steps and sync records
    "waiting": Badge("muted", "waiting"),
    "done": Badge("ok", "check"),
    "skipped": Badge("muted", "skip"),
    # release records
    "synchronizing": Badge("info", "running"),
    "synchronized": Badge("ok", "check"),
    "cancelled": Badge("muted", "minus"),
    # template versions
    "draft": Badge("muted", "edit"),
    "released": Badge("ok", "check"),
    "deprecated": Badge("warn", "alert"),
    "withdrawn": Badge("bad", "cross"),
    # a component of one version against another
    "new": Badge("ok", "plus"),
    "changed": Badge("info", "edit"),
    "unchanged": Badge("muted", "ring"),
    "removed": Badge("bad", "minus"),
    # what a target says of a component
    "written": Badge("ok", "file"),
    "differs": Badge("warn", "alert", "Out of sync"),
    "not_written": Badge("muted", "ring"),
    "healthy": Badge("ok", "check"),
    "starting": Badge("info", "running"),
    "up": Badge("ok", "check", "Running"),
    "exited": Badge("bad", "cross"),
    "completed": Badge("ok", "check"),
    "unhealthy": Badge("bad", "alert"),
    "stopped": Badge("muted", "pause"),
    "missing": Badge("bad", "cross"),
    "unknown": Badge("muted", "question"),
    "not_installed": Badge("muted", "ring"),
    "not_applied": Badge("muted", "ring"),
    "pending": Badge("warn", "edit", "Changes pending"),
    "removal_pending": Badge("warn", "minus"),
    # installations and applications
    "source": Badge("muted", "release", "Source only"),
    "applied": Badge("ok", "check"),
    "up_to_date": Badge("ok", "check"),
    "behind": Badge("info", "upgrade"),
    "busy": Badge("info", "running"),
    "amiss": Badge("warn", "alert", "Needs attention"),
    # what a change does to a component
    "none": Badge("muted", "ring", "No impact"),
    "in_place": Badge("ok", "check"),
    "restart": Badge("info", "retry", "Restarts"),
    "recreate": Badge("warn", "retry", "Recreated"),
}
TONE_ICONS = {
    "ok": "check",
    "info": "info",
    "warn": "alert",
    "bad": "cross",
    "muted": "ring",
}
SYMBOL_CLASSES = {
    "+": "new",
    "~": "changed",
    "±": "replaced",
    "−": "removed",
    "=": "unchanged",
}
SYMBOL_WORDS = {
    "+": "New",
    "~": "Changed",
    "±": "Recreated",
    "−": "Removed",
    "=": "Unchanged",
}


def get_badge(status: str) -> Badge:
    """The look of ``status``; its word is the status itself unless the table says another."""
    key = str(status).lower().replace(" ", "_").replace("-", "_")
    badge = LOOKS.get(key, Badge("muted", "dot"))
    word = badge.label or key.replace("_", " ").capitalize()
    return Badge(badge.tone, badge.icon, word)


def is_in_progress(status: str) -> bool:
    return str(status) in {
        "running",
        "rolling_back",
        "synchronizing",
        "starting",
        "busy",
    }
