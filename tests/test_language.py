"""Names of local variables say what they hold."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

PROJECT = Path(settings.BASE_DIR)
FOLDERS = ("config", "templates_app", "apps_app", "upgrades_app", "tests")
WORDS = """
one said told found there kept beside around meanwhile wanted seen made gone taken asked look keep stay staying again
whole things thing heard way ways asleep amiss anew given lately
"""
VAGUE = set(WORDS.split())


def _modules() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (path for path in sorted((PROJECT / folder).rglob("*.py")) if path.parent.name != "migrations")


def list_vague_locals(source: str) -> list[str]:
    """Return `line: name` of each variable that a function or a lambda binds to a name in VAGUE."""
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.Lambda))
    names = (node for function in functions for node in ast.walk(function) if isinstance(node, ast.Name))
    bound = {(node.lineno, node.id) for node in names if isinstance(node.ctx, ast.Store) and node.id in VAGUE}
    return [f"{line}: {name}" for line, name in sorted(bound)]


def test_no_local_variable_has_a_vague_name() -> None:
    vague = {str(path): list_vague_locals(path.read_text()) for path in _modules()}
    assert {path: names for path, names in vague.items() if names} == {}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f():\n    one = 1\n", ["2: one"]),
        ("def f():\n    return [found for found in ()]\n", ["2: found"]),
        ("class A:\n    def f(self):\n        for said, item in ():\n            pass\n", ["3: said"]),
        ("def f():\n    component = found(one)\n", []),
    ],
)
def test_what_is_vague(source: str, names: list[str]) -> None:
    assert list_vague_locals(source) == names
