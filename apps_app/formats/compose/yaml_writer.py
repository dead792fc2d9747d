import re
from io import StringIO

from pydantic import JsonValue
from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import SafeRepresenter

_PLAIN = re.compile(r"(?:[A-Za-z/$]|--?[A-Za-z]|\./)\S*(?: \S+)*|(?:\d+(?:ms|s|m|h))+")
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_NO_FOLDING = 1_000_000


class Octal(int):
    """A file mode, written as 0440."""


class _Representer(SafeRepresenter):
    """Does not share equal parts by anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(representer: SafeRepresenter, value: str) -> ScalarNode:
    node: ScalarNode = representer.represent_scalar("tag:yaml.org,2002:str", value, style=_style(value))
    return node


def _octal(representer: SafeRepresenter, value: Octal) -> ScalarNode:
    node: ScalarNode = representer.represent_scalar("tag:yaml.org,2002:int", f"{value:04o}")
    return node


def _nothing(representer: SafeRepresenter, _: None) -> ScalarNode:
    node: ScalarNode = representer.represent_scalar("tag:yaml.org,2002:null", "")
    return node


def _style(value: str) -> str | None:
    if "\n" in value:
        return "|" if _survives_a_block(value) else '"'
    return None if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else "'"


def _survives_a_block(value: str) -> bool:
    lines = value.split("\n")
    return value.isprintable() or (
        not any(
            line != line.rstrip() or not line.replace("\t", " ").isprintable() or line.startswith("\t")
            for line in lines
        )
        and not lines[0].startswith(" ")
        and bool(lines[0])
    )


_Representer.add_representer(str, _text)
_Representer.add_representer(Octal, _octal)
_Representer.add_representer(type(None), _nothing)


def emit(tree: dict[str, JsonValue]) -> bytes:
    """The mapping as YAML in UTF-8. The same mapping in the same order gives the same bytes."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # annotated as None there
    yaml.allow_unicode = True
    yaml.width = _NO_FOLDING
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump(tree, stream)
    return stream.getvalue().encode()
