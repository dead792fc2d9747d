"""Which places of two plain forms belong together, though keys of one may hold references."""

from collections.abc import Callable, Iterator
from itertools import chain

from pydantic import JsonValue

from templates_app.appspec.interpolation.syntax import literal
from templates_app.appspec.schema.serialize import Tree

type Path = tuple[str, ...]
type Fits = Callable[[str, str], bool]


def paired_keys(template: Tree, own: Tree, fits: Fits) -> dict[str, str]:
    """The keys of `own` → those of `template`: the same key, or the one with references that it alone fits."""
    result = {key: key for key in own if key in template}
    open_keys = [key for key in template if key not in result and "$" in key]
    rest = [key for key in own if key not in result]
    for key in open_keys:
        fitting = [name for name in rest if fits(key, name)]
        if len(fitting) == 1 and fitting[0] not in result:
            result[fitting[0]] = key
    return result


def text_of(value: JsonValue) -> str | None:
    """A single value as text of the document; None for what is not one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return value if isinstance(value, str) else None


def paired_texts(template: JsonValue, own: JsonValue, fits: Fits, path: Path = ()) -> Iterator[tuple[Path, str, str]]:
    """Where both have a text: its place in `own`, the template's with its references, and `own`'s."""
    if isinstance(template, dict) and isinstance(own, dict):
        for key, other in paired_keys(template, own, fits).items():
            if key != other:
                yield (*path, key), other, key
            yield from _below(template[other], own[key], fits, (*path, key))
    elif isinstance(template, list) and isinstance(own, list):
        if len(template) == len(own):
            pairs = enumerate(zip(template, own, strict=True))
            yield from chain.from_iterable(paired_texts(a, b, fits, (*path, str(at))) for at, (a, b) in pairs)
    elif isinstance(template, str) and (text := text_of(own)) is not None:
        yield path, template, text


def _below(template: JsonValue, own: JsonValue, fits: Fits, path: Path) -> Iterator[tuple[Path, str, str]]:
    if len(path) == 2 and path[0] == "config_files" and isinstance(template, dict) and isinstance(own, dict):
        texts = file_text(template), file_text(own)
        if texts[0] is not None and texts[1] is not None:
            yield (*path, "content"), texts[0], texts[1]
        return
    yield from paired_texts(template, own, fits, path)


def file_text(file: Tree) -> str | None:
    """A config file's content as text of the document, in which a raw file's dollars are doubled."""
    content = file.get("content", "")
    if file.get("encoding", "text") != "text" or not isinstance(content, str):
        return None
    return content if file.get("interpolate") else literal(content)
