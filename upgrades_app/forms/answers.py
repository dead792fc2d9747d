"""Parse the answers posted by a details page."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.http import QueryDict

from templates_app.appspec.schema.model import Parameter
from upgrades_app.engine.inputs.planning_input import Answers

KINDS = ("conflict", "removed", "value", "secret", "risk", "volume", "drift", "port")
SELECTED = "selected"
SELECTABLE = "selectable"


def parse_answers(
    posted: QueryDict, parameters: Mapping[str, Parameter], keys: Collection[str] = frozenset()
) -> Answers:
    """Parse posted answers by question name. A value equal to the default is no answer.

    `keys` are all components; selectable ones that are not selected are left behind. `refresh` may set a port.
    """
    provided = {
        name: _parse_plain(text)
        for name, text in posted.items()
        if name.partition(":")[0] in KINDS and not _is_default(name, _parse_plain(str(text)), parameters)
    }
    name, _, port = posted.get("refresh", "").rpartition("=")
    if name.startswith("port:"):
        provided[name] = port
    return Answers.parse(provided, only=_parse_only(posted, keys))


def _parse_only(posted: QueryDict, keys: Collection[str]) -> frozenset[str] | None:
    left = set(posted.getlist(SELECTABLE)) - set(posted.getlist(SELECTED))
    return frozenset(keys) - left if left else None


def _is_default(name: str, text: str, parameters: Mapping[str, Parameter]) -> bool:
    kind, _, parameter = name.partition(":")
    if kind not in {"value", "secret"} or parameter not in parameters:
        return False
    return text == (parameters[parameter].default or "")


def _parse_plain(text: object) -> str:
    return str(text).replace("\r\n", "\n")
