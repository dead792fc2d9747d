"""The operator's answers, as the details page posts them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.http import QueryDict

from templates_app.appspec.schema.model import Parameter
from upgrades_app.engine.inputs.planning_input import Answers

KINDS = ("conflict", "removed", "value", "secret", "risk", "volume", "drift", "port")
TAKEN = "take"
TICKABLE = "tickable"


def read_answers(
    posted: QueryDict, parameters: Mapping[str, Parameter], keys: Collection[str] = frozenset()
) -> Answers:
    """Answers by the questions' names. A value that is the version's own default is none: it goes on following it.

    `keys` are all components there are; those that were shown with a tick box and are not ticked are left behind.
    `again` may say that a port shall be another one.
    """
    provided = {
        name: _plain(text)
        for name, text in posted.items()
        if name.partition(":")[0] in KINDS and not _is_default(name, _plain(str(text)), parameters)
    }
    name, _, port = posted.get("again", "").rpartition("=")
    if name.startswith("port:"):
        provided[name] = port
    return Answers.read(provided, only=_only(posted, keys))


def _only(posted: QueryDict, keys: Collection[str]) -> frozenset[str] | None:
    left = set(posted.getlist(TICKABLE)) - set(posted.getlist(TAKEN))
    return frozenset(keys) - left if left else None


def _is_default(name: str, text: str, parameters: Mapping[str, Parameter]) -> bool:
    kind, _, parameter = name.partition(":")
    if kind not in {"value", "secret"} or parameter not in parameters:
        return False
    return text == (parameters[parameter].default or "")


def _plain(text: object) -> str:
    return str(text).replace("\r\n", "\n")
