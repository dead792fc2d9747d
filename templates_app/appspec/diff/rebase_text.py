"""What moved between two readings of a thing, carried into a third text of it that says more than they do."""

from collections.abc import Callable, Mapping
from difflib import SequenceMatcher
from typing import TypeGuard

from pydantic import JsonValue

from templates_app.appspec.schema.serialize import Tree

type Read = Callable[[str], str]


def carried(
    own: Mapping[str, JsonValue], was: Mapping[str, JsonValue], now: Mapping[str, JsonValue], read: Read
) -> Tree:
    """`own` with every place that differs between `was` and `now` as `now` has it; what does not differ stays as it is
    written there. `read` is how a key of `own` reads in the other two, where it holds references.

    What is one value moves whole; of a list, the texts that stand in both readings stay.
    """
    keys = {read(name): name for name in own}
    tree: Tree = {}
    for name in [*keys, *(now.keys() - keys.keys())]:
        written = keys.get(name, name)
        if (name in was) == (name in now) and was.get(name) == now.get(name):
            if written in own:
                tree[written] = own[written]
        elif name in now:
            tree[written if written in own else name] = _moved(own.get(written), was.get(name), now[name], read)
    return tree


def _moved(own: JsonValue, was: JsonValue, now: JsonValue, read: Read) -> JsonValue:
    if isinstance(now, dict) and isinstance(own, dict):
        return carried(own, was if isinstance(was, dict) else {}, now, read)
    if isinstance(own, list) and _are_texts(was) and _are_texts(now) and len(own) == len(was):
        return _aligned(own, was, now)
    return now


def _are_texts(value: JsonValue) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _aligned(own: list[JsonValue], was: list[str], now: list[str]) -> list[JsonValue]:
    result = list[JsonValue](now)
    for start, first, length in SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks():
        result[first : first + length] = own[start : start + length]
    return result
