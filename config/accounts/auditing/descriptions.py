"""Audit entries in people's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps

TOLD_BESIDE = ("digest", "fields", "reason")
"""What is shown although there are sentences."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that an entry tells: a sentence of its own, or a value with the word for it."""

    text: str
    word: str = ""
    is_digest: bool = False

    def __str__(self) -> str:
        return f"{self.word}: {self.text}" if self.word else self.text


def type_word(object_type: str) -> str:
    """ "upgrade record" for `upgrades_app.upgraderecord`; what no longer exists is named as it was."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type.rpartition(".")[2]


def details(data: Mapping[str, object]) -> tuple[Detail, ...]:
    """ "member: ada", "role: Viewer"; the entry's own sentences where it has some. What is empty is left out."""
    message = data.get("said")
    if isinstance(message, list):
        data = {name: data[name] for name in TOLD_BESIDE if name in data}
        return (*(Detail(str(item)) for item in message), *_values(data))
    return tuple(_values(data))


def _values(data: Mapping[str, object]) -> Iterator[Detail]:
    rest = dict(data)
    if "from" in rest and "to" in rest:
        yield Detail(_move(rest.pop("from"), rest.pop("to")))
    before, after = rest.get("before"), rest.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        del rest["before"], rest["after"]
        for name in sorted(before.keys() | after.keys()):
            yield Detail(_move(before.get(name), after.get(name)), _word(name))
    for name, value in sorted(rest.items()):
        if value not in (None, "", [], {}):
            yield Detail(_text(value), _word(name), name == "digest")


def _word(name: str) -> str:
    return name.replace("_", " ")


def _move(before: object, after: object) -> str:
    old, new = _text(before) or "none", _text(after) or "none"
    return "changed" if "\n" in f"{old}{new}" else f"{old} → {new}"


def _text(value: object) -> str:
    if isinstance(value, list):
        return str(len(value)) if any(isinstance(item, dict) for item in value) else ", ".join(map(_text, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(item)}" for name, item in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
