"""How a status of any kind looks: its tone, its icon and its word, the same on every page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    tone: str
    icon: str
    word: str = ""


LOOKS: dict[str, Look] = {
    # upgrade records
    "planned": Look("muted", "ring"),
    "queued": Look("info", "waiting"),
    "running": Look("info", "running"),
    "rolling_back": Look("warn", "undo"),
    "succeeded": Look("ok", "check"),
    "partially_upgraded": Look("warn", "half", "Partly done"),
    "failed": Look("bad", "cross"),
    "aborted": Look("muted", "skip"),
    "rolled_back": Look("warn", "undo", "Failed, restored"),
    "rollback_failed": Look("bad", "alert", "Failed, not restored"),
    "discarded": Look("muted", "minus"),
    "overtaken": Look("muted", "skip"),
    # steps and sync records
    "waiting": Look("muted", "waiting"),
    "done": Look("ok", "check"),
    "skipped": Look("muted", "skip"),
    "undoing": Look("warn", "undo"),
    "undone": Look("warn", "undo"),
    "undo_failed": Look("bad", "alert", "Not undone"),
    # release records
    "synchronizing": Look("info", "running"),
    "synchronized": Look("ok", "check"),
    "cancelled": Look("muted", "minus"),
    # template versions
    "draft": Look("muted", "edit"),
    "released": Look("ok", "check"),
    "deprecated": Look("warn", "alert"),
    "withdrawn": Look("bad", "cross"),
    # a component of one version against another
    "new": Look("ok", "plus"),
    "changed": Look("info", "edit"),
    "unchanged": Look("muted", "ring"),
    "removed": Look("bad", "minus"),
    # what a target says of a component
    "written": Look("ok", "file"),
    "differs": Look("warn", "alert", "Differs from the files"),
    "not_written": Look("muted", "ring"),
    "healthy": Look("ok", "check"),
    "starting": Look("info", "running"),
    "up": Look("ok", "check", "Running"),
    "exited": Look("bad", "cross"),
    "completed": Look("ok", "check"),
    "unhealthy": Look("bad", "alert"),
    "stopped": Look("muted", "pause"),
    "missing": Look("bad", "cross"),
    "unknown": Look("muted", "question"),
    "not_installed": Look("muted", "ring"),
    "not_applied": Look("muted", "ring"),
    "pending": Look("warn", "edit", "Changes pending"),
    "removal_pending": Look("warn", "minus"),
    # installations and applications
    "source": Look("muted", "release", "Source only"),
    "applied": Look("ok", "check"),
    "up_to_date": Look("ok", "check"),
    "behind": Look("info", "upgrade"),
    "busy": Look("info", "running"),
    "amiss": Look("warn", "alert", "Needs a look"),
    # what a change does to a component
    "none": Look("muted", "ring", "No impact"),
    "in_place": Look("ok", "check"),
    "restart": Look("info", "retry", "Restarts"),
    "recreate": Look("warn", "retry", "Recreated"),
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


def look(status: str) -> Look:
    """The look of ``status``; its word is the status itself unless the table says another."""
    key = str(status).lower().replace(" ", "_").replace("-", "_")
    badge = LOOKS.get(key, Look("muted", "dot"))
    word = badge.word or key.replace("_", " ").capitalize()
    return Look(badge.tone, badge.icon, word)


def is_moving(status: str) -> bool:
    return str(status) in {
        "running",
        "rolling_back",
        "undoing",
        "synchronizing",
        "starting",
        "busy",
    }
