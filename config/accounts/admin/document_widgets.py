from __future__ import annotations

import json
from typing import Any, cast

from django.contrib import admin
from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString


def called(name: str, label: str) -> str:
    """A column or read-only field under another name than its own."""

    @admin.display(description=label, ordering=name)
    def shown(row: Model) -> object:
        return getattr(row, name) or "–"

    return cast("str", shown)


def folded(name: str, label: str = "") -> str:
    """A column or read-only field that shows the JSON of a field, folded where it is long."""

    @admin.display(description=label or name.replace("_", " ").capitalize())
    def shown(row: Model) -> SafeString | str:
        return fold(getattr(row, name))

    return cast("str", shown)  # a callable may stand for a name, which the stubs of Django do not know


def fold(value: Any) -> SafeString | str:
    if value in (None, "", [], {}):
        return "–"
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    lines = text.count("\n") + 1
    if lines <= 12:
        return format_html("<pre>{}</pre>", text)
    return format_html("<details><summary>{} lines</summary><pre>{}</pre></details>", lines, text)
