"""What Compose interpolates and what it does not: values are, keys are not."""

from pydantic import JsonValue

from templates_app.spec import text
from templates_app.spec.text import Piece, Reference

type Tree = dict[str, JsonValue]


def interpolated_nowhere(tree: Tree) -> Tree:
    """The tree with `$$` in its keys as the one dollar that Compose would read there."""
    return {_key(key): _keys_of(value) for key, value in tree.items()}


def demanding(tree: Tree, secrets: frozenset[str]) -> Tree:
    """The tree with each bare reference to a secret as `${NAME?…}`, so that Compose refuses where it is not set."""
    return {key: _demanding(value, secrets) for key, value in tree.items()}


def _keys_of(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return interpolated_nowhere(value)
    return [_keys_of(one) for one in value] if isinstance(value, list) else value


def _key(key: str) -> str:
    return key if "$" not in key or text.names(key) else text.plain(key, {})


def _demanding(value: JsonValue, secrets: frozenset[str]) -> JsonValue:
    if isinstance(value, dict):
        return demanding(value, secrets)
    if isinstance(value, list):
        return [_demanding(one, secrets) for one in value]
    if isinstance(value, str) and "$" in value and secrets & text.names(value):
        return "".join(_piece(piece, secrets) for piece in text.pieces(value))
    return value


def _piece(piece: Piece, secrets: frozenset[str]) -> str:
    if isinstance(piece, str):
        return text.literal(piece)
    if piece.operator:
        return f"${{{piece.name}{piece.operator}{''.join(_piece(one, secrets) for one in piece.argument)}}}"
    return _demand(piece) if piece.name in secrets else piece.source


def _demand(reference: Reference) -> str:
    return f"${{{reference.name}?set {reference.name}, a secret that is kept beside these files}}"
