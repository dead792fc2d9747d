"""What does not go together in a row of a mount."""

from __future__ import annotations

import re

from templates_app.spec.dump import Tree
from templates_app.spec.scalars import IN_WORDS, KEY_PATTERN


def mount_faults(record: Tree) -> dict[str, str]:
    """By cell."""
    fault = _source_fault(record.get("source")) if record.get("kind") == "volume" else ""
    return {"source": fault} if fault else {}


def _source_fault(source: object) -> str:
    if not isinstance(source, str) or not source or "$" in source:
        return ""
    if source.startswith(("/", "./", "../", "~")):
        return f"'{source}' is a path of the host: choose the kind Host."
    return "" if re.fullmatch(KEY_PATTERN, source) else f"'{source}' is no volume name: {IN_WORDS[KEY_PATTERN]}."
