"""A text with references laid over one without: what each reference must have been."""

from collections.abc import Sequence

from templates_app.spec.text import Reference, TextError, pieces, plain

type _Part = str | tuple[str]
"""A fixed word, or the name of a reference."""


def laid_over(text: str, literal: str) -> dict[str, str] | None:
    """Name → value that make `text` read as `literal`; None where nothing does, or more than one thing could.

    `postgres://${USER}@db` over `postgres://shop@db` is USER=shop. Takes time linear in both texts.
    """
    try:
        read = pieces(text)
        if any(isinstance(one, Reference) and one.operator.endswith("+") for one in read):
            return None
        parts: list[_Part] = [one if isinstance(one, str) else (one.name,) for one in read]
        early, late = _found(parts, literal), _mirrored(parts, literal)
        return early if early is not None and early == late and plain(text, early) == literal else None
    except TextError:
        return None


def _mirrored(parts: Sequence[_Part], literal: str) -> dict[str, str] | None:
    """The same, with each fixed word where it stands last."""
    turned = [one[::-1] if isinstance(one, str) else one for one in reversed(parts)]
    found = _found(turned, literal[::-1])
    return None if found is None else {name: value[::-1] for name, value in found.items()}


def _found(parts: Sequence[_Part], literal: str) -> dict[str, str] | None:
    """References take what lies between the fixed words, each of these where it stands first."""
    values: dict[str, str] = {}
    at, name = 0, ""
    for index, part in enumerate(parts):
        if not isinstance(part, str):
            if name:
                return None
            name = part[0]
            continue
        start = len(literal) - len(part) if index == len(parts) - 1 else literal.find(part, at)
        if start < at or not literal.startswith(part, start) or (not name and start > at):
            return None
        if name and values.setdefault(name, literal[at:start]) != literal[at:start]:
            return None
        at, name = start + len(part), ""
    if name:
        return values if values.setdefault(name, literal[at:]) == literal[at:] else None
    return values if at == len(literal) else None
