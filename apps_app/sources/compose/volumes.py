"""The volumes of a service, short or long → long ones; what a source means hangs on its variables' values."""

from pydantic import JsonValue

from apps_app.sources.compose import short
from apps_app.sources.compose.errors import Weight
from apps_app.sources.compose.place import Place
from apps_app.sources.compose.scalar import entry_text
from apps_app.sources.compose.source import Tree, as_list, as_map, literal_keys
from templates_app.spec import text


def volumes(place: Place, value: JsonValue) -> JsonValue:
    """Each as a long form, its target cleaned, a relative source as a path among the given files."""
    return [
        _long_volume(place, one) if isinstance(one, dict) else _volume(place, entry_text(one)) for one in as_list(value)
    ]


def _volume(place: Place, entry: str) -> JsonValue:
    said = as_map(place.split(entry, short.volume))
    source = said.get("source")
    if not isinstance(source, str):
        return {"type": "volume", **said}
    known = place.source.text(source)
    if not short.is_path(known):
        return {"type": "volume", **said, "source": _named(place, source, known)}
    bind = {**as_map(said.get("bind")), "create_host_path": True}
    return {"type": "bind", **said, "source": _place_of(place, source, known), "bind": bind}


def _long_volume(place: Place, entry: Tree) -> Tree:
    said = dict(entry)
    if isinstance(target := said.get("target"), str):
        said["target"] = target if "$" in target else short.clean(target)
    source = said.get("source")
    if isinstance(source, str):
        known = place.source.text(source)
        kinds = {"bind": _place_of, "volume": _named}
        if form := kinds.get(place.source.text(said.get("type"))):
            said["source"] = form(place, source, known)
    return as_map(literal_keys(said))


def _named(place: Place, source: str, known: str) -> str:
    if source != known:
        place.source.report.notice(
            place.name, place.key, f"the volume '{source}' is '{known}' from now on", weight=Weight.CHANGED
        )
    return known


def _place_of(place: Place, source: str, known: str) -> str:
    """The source of a bind mount: an absolute path as it is written, a relative one as a path among the files."""
    if known.startswith(("/", "~")) or known[1:2] == ":":
        return source
    return "./" + text.literal(place.source.path(known))
