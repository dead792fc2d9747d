"""Pair the keys of two maps when keys of one may contain references."""

from collections.abc import Callable, Iterator
from itertools import chain

from pydantic import JsonValue

from templates_app.appspec.interpolation.syntax import escape
from templates_app.appspec.schema.serialize import JsonTree

type Path = tuple[str, ...]
type MatchTest = Callable[[str, str], bool]


def pair_keys(template: JsonTree, own: JsonTree, fits: MatchTest) -> dict[str, str]:
    """Map the keys of `own` to those of `template`: the equal key, or the only key whose references match it."""
    result = {key: key for key in own if key in template}
    open_keys = [key for key in template if key not in result and "$" in key]
    rest = [key for key in own if key not in result]
    for key in open_keys:
        fitting = [name for name in rest if fits(key, name)]
        if len(fitting) == 1 and fitting[0] not in result:
            result[fitting[0]] = key
    return result


def get_text(value: JsonValue) -> str | None:
    """Return a scalar as text of the document, or None for other values."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return value if isinstance(value, str) else None


def pair_texts(
    template: JsonValue, own: JsonValue, fits: MatchTest, path: Path = ()
) -> Iterator[tuple[Path, str, str]]:
    """Return each pair of texts: the path in `own`, the template's text with references, and the text of `own`."""
    if isinstance(template, dict) and isinstance(own, dict):
        for key, other in pair_keys(template, own, fits).items():
            if key != other:
                yield (*path, key), other, key
            yield from _pair_below(template[other], own[key], fits, (*path, key))
    elif isinstance(template, list) and isinstance(own, list):
        if len(template) == len(own):
            pairs = enumerate(zip(template, own, strict=True))
            yield from chain.from_iterable(pair_texts(a, b, fits, (*path, str(at))) for at, (a, b) in pairs)
    elif isinstance(template, str) and (text := get_text(own)) is not None:
        yield path, template, text


def _pair_below(template: JsonValue, own: JsonValue, fits: MatchTest, path: Path) -> Iterator[tuple[Path, str, str]]:
    if len(path) == 2 and path[0] == "config_files" and isinstance(template, dict) and isinstance(own, dict):
        texts = get_file_text(template), get_file_text(own)
        if texts[0] is not None and texts[1] is not None:
            yield (*path, "content"), texts[0], texts[1]
        return
    yield from pair_texts(template, own, fits, path)


def get_file_text(file: JsonTree) -> str | None:
    """Return the content of a config file as text of the document; dollars of an uninterpolated file are doubled."""
    content = file.get("content", "")
    if file.get("encoding", "text") != "text" or not isinstance(content, str):
        return None
    return content if file.get("interpolate") else escape(content)
