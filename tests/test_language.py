"""Rules of names and packages, held over the syntax tree (see `.github/CONTRIBUTING.md`, Language)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.code_figures import count_folder_sizes, find_repeated_types, is_vague, list_modules, list_names

MOST_MODULES = 25
MOST_LINES_A_FUNCTION = 40
TEXT_ATTRIBUTES = frozenset(
    {"sentence", "message", "legend", "explanation", "help_text", "verbose_name", "description"}
)
TEXT_PARSERS = frozenset(
    {"startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "split", "index", "find"}
)
OTHER_FOLDERS = ("management/commands",)
"""Folders whose number of modules Django decides."""


@pytest.fixture(scope="module")
def trees(project: Path) -> dict[str, ast.Module]:
    """The syntax tree of every product module by its path."""
    return {str(path.relative_to(project)): ast.parse(path.read_text()) for path in list_modules(project)}


def test_names_say_what_they_hold(trees: dict[str, ast.Module], project: Path) -> None:
    tests = {str(path.relative_to(project)): ast.parse(path.read_text()) for path in (project / "tests").rglob("*.py")}
    vague = [
        f"{path}:{line} {name}"
        for path, tree in {**trees, **tests}.items()
        for line, name in list_names(tree)
        if is_vague(name)
    ]
    assert not vague, "\n".join(vague)


def test_a_public_type_is_defined_once(project: Path) -> None:
    assert not find_repeated_types(project)


def test_a_folder_has_at_most_25_modules(project: Path) -> None:
    large = {folder: count for folder, count in count_folder_sizes(project).items() if count > MOST_MODULES}
    assert not {folder: count for folder, count in large.items() if not folder.endswith(OTHER_FOLDERS)}


def test_an_app_has_only_the_modules_of_django_in_its_root(project: Path) -> None:
    expected = {"__init__", "admin", "apps", "statuses", "tasks", "urls"}
    extra = [
        f"{app}/{path.name}"
        for app in ("templates_app", "apps_app", "upgrades_app")
        for path in (project / app).glob("*.py")
        if path.stem not in expected
    ]
    assert not extra


def test_no_function_is_longer_than_40_lines(trees: dict[str, ast.Module]) -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= MOST_LINES_A_FUNCTION
    ]
    assert not long


def test_no_code_reads_meaning_out_of_a_sentence(trees: dict[str, ast.Module]) -> None:
    parsed = [f"{path}:{line}" for path, tree in trees.items() for line in _find_parsed_sentences(tree)]
    assert not parsed, "use a code or a typed value instead: " + ", ".join(parsed)


def _find_parsed_sentences(tree: ast.Module) -> Iterator[int]:
    """Return the lines that take apart, search or compare a text written for people."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=attribute), attr=method)):
                if attribute in TEXT_ATTRIBUTES and method in TEXT_PARSERS:
                    yield node.lineno
            case ast.Compare(left=left, ops=operators, comparators=comparators):
                sides = [left, *comparators]
                literal = any(
                    isinstance(side, ast.Constant) and side.value and isinstance(side.value, str) for side in sides
                )
                attribute_read = any(isinstance(side, ast.Attribute) and side.attr in TEXT_ATTRIBUTES for side in sides)
                if literal and attribute_read and isinstance(operators[0], ast.Eq | ast.NotEq | ast.In | ast.NotIn):
                    yield node.lineno


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


@pytest.mark.parametrize(
    ("code", "is_parsed"),
    [
        ('error.message.startswith("port")', True),
        ('"port" in issue.sentence', True),
        ('row.message == "not set"', True),
        ("field.message", False),
        ('code.startswith("port")', False),
        ('row.message == ""', False),
    ],
)
def test_parsed_sentences_are_found(code: str, is_parsed: bool) -> None:
    assert bool(list(_find_parsed_sentences(ast.parse(code)))) is is_parsed
