"""What stands in for a parameter without a value: the `x` of `${NAME:-x}`, written where it is used."""

from collections.abc import Iterator, Mapping

from templates_app.spec.model import AppSpec
from templates_app.spec.rewrite import texts
from templates_app.spec.text import Reference, TextError, references


def stand_ins(spec: AppSpec) -> Mapping[str, str]:
    """By parameter, what its texts use while it is left empty; several places may each have their own.

    Parameters with a default of their own never need one, and are left out.
    """
    found: dict[str, dict[str, None]] = {}
    for part in (*spec.components.values(), *spec.volumes.values(), *spec.networks.values()):
        for name, text in _used(part_texts for _, part_texts in texts(part)):
            parameter = spec.parameters.get(name)
            if text and parameter is not None and not parameter.default:
                found.setdefault(name, {})[text] = None
    return {name: " or ".join(each) for name, each in found.items()}


def _used(every: Iterator[str]) -> Iterator[tuple[str, str]]:
    for text in every:
        if "$" not in text:
            continue
        try:
            yield from ((one.name, _said(one)) for one in references(text))
        except TextError:
            continue


def _said(one: Reference) -> str:
    """The stand-in as it is written; a `+` is none."""
    if one.operator[-1:] != "-":
        return ""
    return "".join(part if isinstance(part, str) else part.source for part in one.argument)
