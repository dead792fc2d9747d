"""What moved between two readings of a thing, carried into a third text of it that says more than they do."""

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from templates_app.spec.dump import Tree

type Read = Callable[[str], str]


def carried(
    own: Mapping[str, JsonValue], was: Mapping[str, JsonValue], now: Mapping[str, JsonValue], read: Read
) -> Tree:
    """`own` with every place that differs between `was` and `now` as `now` has it; what does not differ stays as it is
    written there. `read` is how a key of `own` reads in the other two, where it holds references.

    A place that is a list or one value moves whole.
    """
    keys = {read(name): name for name in own}
    found: Tree = {}
    for name in [*keys, *(now.keys() - keys.keys())]:
        written = keys.get(name, name)
        if (name in was) == (name in now) and was.get(name) == now.get(name):
            if written in own:
                found[written] = own[written]
        elif name in now:
            found[written if written in own else name] = _moved(own.get(written), was.get(name), now[name], read)
    return found


def _moved(own: JsonValue, was: JsonValue, now: JsonValue, read: Read) -> JsonValue:
    if isinstance(now, dict) and isinstance(own, dict):
        return carried(own, was if isinstance(was, dict) else {}, now, read)
    return now
