"""Print the figures of the code's structure and language: `python -m tests.code_figures [FOLDER]`.

FOLDER is the root of a checkout (default: this one), so that two versions can be compared. Only the four product
packages are counted, without migrations. Reads files as text; needs nothing but Python.
"""

import ast
import re
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("config", "templates_app", "apps_app", "upgrades_app")
VAGUE_NAMES = frozenset(
    {"one", "said", "told", "found", "there", "kept", "beside", "around", "meanwhile", "wanted", "seen", "made", "gone"}
    | {"taken", "asked", "look", "keep", "stay", "staying", "again", "whole", "things", "heard", "way", "ways", "anew"}
    | {"given", "asleep", "amiss", "lately"}
)
DJANGO_CLASSES = frozenset({"Meta", "Command", "Migration"})


def list_modules(root: Path) -> list[Path]:
    """Return the product's modules with content, sorted by path."""
    paths = (path for package in PACKAGES for path in sorted((root / package).rglob("*.py")))
    return [path for path in paths if path.parent.name != "migrations" and path.read_text().strip()]


def list_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Return every name that the module binds, with its line: variables, parameters, functions, classes."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name


def is_vague(name: str) -> bool:
    """Whether a name does not say what it holds."""
    return name.strip("_").lower() in VAGUE_NAMES


def list_public_types(tree: ast.Module) -> Iterator[str]:
    """Return the names of the module's public classes and type aliases."""
    for node in tree.body:
        name = node.name if isinstance(node, ast.ClassDef) else node.name.id if isinstance(node, ast.TypeAlias) else "_"
        if not name.startswith("_") and name not in DJANGO_CLASSES:
            yield name


def find_repeated_types(root: Path) -> dict[str, list[str]]:
    """Return the public type names that more than one module defines, with these modules."""
    modules: dict[str, list[str]] = defaultdict(list)
    for path in list_modules(root):
        for name in list_public_types(ast.parse(path.read_text())):
            modules[name].append(str(path.relative_to(root)))
    return {name: paths for name, paths in sorted(modules.items()) if len(paths) > 1}


def count_folder_sizes(root: Path) -> Counter[str]:
    """Return the number of modules in each folder, `__init__.py` and migrations left out."""
    paths = (path for package in PACKAGES for path in (root / package).rglob("*.py"))
    return Counter(
        str(path.parent.relative_to(root))
        for path in paths
        if path.name != "__init__.py" and path.parent.name != "migrations"
    )


def measure(root: Path) -> dict[str, str]:
    """Return each figure by its label, as text."""
    paths = list_modules(root)
    trees = [ast.parse(path.read_text()) for path in paths]
    lines = [path.read_text().count("\n") for path in paths]
    imports = [
        sum(
            isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES
            for node in ast.walk(tree)
        )
        for tree in trees
    ]
    functions = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    names = Counter(name.strip("_").lower() for tree in trees for _, name in list_names(tree) if is_vague(name))
    largest = count_folder_sizes(root).most_common(5)
    return {
        "modules": f"{len(paths):,}",
        "lines": f"{sum(lines):,}",
        "lines a module, median · largest": f"{statistics.median(lines):.0f} · {max(lines)}",
        "lines a function, median · 90 % · largest": f"{_quantiles(functions)} · {max(functions)}",
        "internal imports per 1,000 lines": f"{1000 * sum(imports) / sum(lines):.1f}",
        "internal imports a module, 90 %": f"{statistics.quantiles(imports, n=10)[-1]:.0f}",
        "largest folders": ", ".join(f"{folder} {count}" for folder, count in largest),
        "vague names": f"{names.total():,} ({', '.join(f'{name} {count}' for name, count in names.most_common(6))})",
        "public types defined more than once": f"{len(find_repeated_types(root))}",
        "modules with a docstring": f"{100 * sum(map(bool, map(ast.get_docstring, trees))) / len(trees):.0f} %",
        "comment lines": f"{sum(len(re.findall(r'^ *# ', path.read_text(), re.MULTILINE)) for path in paths):,}",
    }


def _is_internal_import(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES


def _quantiles(values: list[int]) -> str:
    return f"{statistics.median(values):.0f} · {statistics.quantiles(values, n=10)[-1]:.0f}"


def main() -> None:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent)
    for label, value in measure(root).items():
        print(f"{label:<44}{value}")  # noqa: T201


if __name__ == "__main__":
    main()
