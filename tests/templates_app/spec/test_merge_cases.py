"""One file a story: base, ours, theirs, the answers given, and the document that must come of it."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from templates_app.appspec.merge.merge import merge
from templates_app.appspec.schema.parse import parse

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case: dict[str, Any] = YAML(typ="safe").load(path)
    merged = merge(
        parse(case["base"]),
        parse(case["ours"]),
        parse(case["theirs"]),
        choices=case.get("choices"),
        only=frozenset(case["only"]) if "only" in case else None,
        removed=case.get("removed"),
    )
    assert merged.spec.plain == parse(case["expected"]).plain
    assert {decision.id: decision.source.value for decision in merged.decisions} == case["decisions"]
    assert {decision.id for decision in merged.conflicts} == {
        item for item, how in case["decisions"].items() if how == "conflict"
    }
    assert list(merged.removed) == case.get("asked", [])


def test_there_are_cases() -> None:
    assert len(CASES) >= 20
