"""Every text of a component, volume or network: read one by one, or rewritten all at once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from templates_app.appspec.interpolation.syntax import TextError
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.errors import Fault, dotted
from templates_app.appspec.schema.serialize import Tree, tree

type Path = tuple[str, ...]


def texts(part: Record, *, keys: bool = True) -> Iterator[tuple[Path, str]]:
    """Each text of the part that may hold references with its path inside it, keys of maps too unless told not to.

    Raw config files are left out: in them a dollar is a dollar.
    """
    plain = tree(part)
    raw = _raw_files(plain) if isinstance(part, ComponentSpec) else frozenset()
    yield from _texts(plain, (), raw, keys=keys)


def _texts(value: JsonValue, path: Path, raw: frozenset[Path], *, keys: bool) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        if path not in raw:
            yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            if keys:
                yield (*path, key), key
            yield from _texts(item, (*path, key), raw, keys=keys)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, str(index)), raw, keys=keys)


@dataclass
class Rewriter:
    """Applies `change` to every text of a part; what it refuses (TextError) is collected in `faults`."""

    change: Callable[[str], str]
    faults: list[Fault] = field(default_factory=list)

    def part(self, part: Record, at: Path) -> Tree | None:
        """The part's plain form rewritten, or None where nothing in it changes."""
        plain = tree(part)
        raw = _raw_files(plain) if isinstance(part, ComponentSpec) else frozenset()
        rewritten = self._map(plain, at, frozenset((*at, *path) for path in raw))
        return None if rewritten is plain else rewritten

    def _value(self, value: JsonValue, path: Path, raw: frozenset[Path]) -> JsonValue:
        if isinstance(value, str):
            return value if "$" not in value or path in raw else self._text(value, path)
        if isinstance(value, dict):
            return self._map(value, path, raw)
        if isinstance(value, list):
            changed = [self._value(item, (*path, str(index)), raw) for index, item in enumerate(value)]
            return value if all(new is old for new, old in zip(changed, value, strict=True)) else changed
        return value

    def _map(self, value: Tree, path: Path, raw: frozenset[Path]) -> Tree:
        changed: Tree = {}
        same = True
        for key, item in value.items():
            name = self._text(key, (*path, key)) if "$" in key else key
            if name in changed:
                self.faults.append(
                    Fault(dotted((*path, key)), f"is there twice: as '{name}' too, once its references are replaced")
                )
            changed[name] = self._value(item, (*path, key), raw)
            same = same and name is key and changed[name] is item
        return value if same else changed

    def _text(self, text: str, path: Path) -> str:
        try:
            changed = self.change(text)
        except TextError as error:
            self.faults.append(Fault(dotted(path), str(error)))
            return text
        return text if changed == text else changed


def _raw_files(component: Tree) -> frozenset[Path]:
    files = component.get("config_files")
    if not isinstance(files, Mapping):
        return frozenset()
    return frozenset(
        ("config_files", path, "content")
        for path, file in files.items()
        if isinstance(file, dict) and (not file.get("interpolate") or file.get("encoding") == "base64")
    )
