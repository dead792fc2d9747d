"""What comparing and merging large documents takes.

    uv run pytest tests/bench --benchmark-enable --benchmark-group-by=func --benchmark-columns=min,median

Every component has 20 variables, 3 ports and 4 config files; in every fifth all of them and the image are changed.
"Parsed" documents are fresh from `parse`, as they come out of the database; "warm" ones have made their plain form.
"""

import gc
from typing import Any

import pytest

from templates_app.appspec.diff.diff import compare, diff
from templates_app.appspec.interpolation.render import render
from templates_app.appspec.merge.merge import merge
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from templates_app.appspec.schema.serialize import tree

SIZES = [50, 200, 1_000, 2_000]
CHANGES_A_COMPONENT = 1 + 20 + 3 * 2 + 4


def document(size: int, *, changed: bool) -> dict[str, Any]:
    return {"components": {f"c{number}": _component(number, changed and number % 5 == 0) for number in range(size)}}


def _component(number: int, changed: bool) -> dict[str, Any]:
    tag = "2" if changed else "1"
    return {
        "image": f"registry.example/app/c{number}:{tag}",
        "env": {f"VARIABLE_{item}": f"value {item} of {number}, {tag}" for item in range(20)},
        "ports": {f"{8000 + item}/tcp": {f"127.0.{number // 200}.{number % 200}:{tag}{item}": {}} for item in range(3)},
        "config_files": {f"/etc/app/{item}.conf": {"content": f"setting = {tag}\n" * 10} for item in range(4)},
        "depends_on": {f"c{number - 1}": {}} if number else {},
    }


def pair(size: int, *, warm: bool) -> tuple[AppSpec, AppSpec]:
    """Two documents, and no garbage of making them left for the measured part to collect."""
    documents = parse(document(size, changed=False)), parse(document(size, changed=True))
    if warm:
        _ = [spec.plain for spec in documents]
    gc.collect()
    return documents


@pytest.mark.parametrize("size", SIZES)
def test_compare_parsed(benchmark: Any, size: int) -> None:
    result = benchmark.pedantic(diff, setup=lambda: (pair(size, warm=False), {}), rounds=5)
    assert len(result) == size // 5 * CHANGES_A_COMPONENT


@pytest.mark.parametrize("size", SIZES)
def test_compare_warm(benchmark: Any, size: int) -> None:
    result = benchmark(compare, *pair(size, warm=True))
    assert len(result.components) == size


@pytest.mark.parametrize("size", SIZES)
def test_merge_parsed(benchmark: Any, size: int) -> None:
    def documents() -> Any:
        base, theirs = pair(size, warm=False)
        return (base, parse(document(size, changed=False)), theirs), {}

    merged = benchmark.pedantic(merge, setup=documents, rounds=5)
    assert len(merged.decisions) == size // 5 * CHANGES_A_COMPONENT


@pytest.mark.parametrize("size", SIZES)
def test_merge_warm(benchmark: Any, size: int) -> None:
    base, theirs = pair(size, warm=True)
    ours = parse(document(size, changed=False))
    tree(ours)
    assert benchmark(merge, base, ours, theirs).is_settled


@pytest.mark.parametrize("size", SIZES)
def test_parse(benchmark: Any, size: int) -> None:
    benchmark.pedantic(parse, args=(document(size, changed=True),), rounds=5)


@pytest.mark.parametrize("size", SIZES)
def test_tree(benchmark: Any, size: int) -> None:
    benchmark.pedantic(tree, setup=lambda: ((pair(size, warm=False)[0],), {}), rounds=5)


@pytest.mark.parametrize("size", SIZES)
def test_render(benchmark: Any, size: int) -> None:
    benchmark.pedantic(render, setup=lambda: ((pair(size, warm=False)[0], {}), {}), rounds=5)
