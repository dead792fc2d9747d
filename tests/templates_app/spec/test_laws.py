"""What holds for any documents whatever."""

import copy
import json
from typing import Any, Literal

from hypothesis import given
from hypothesis import strategies as st

from templates_app.appspec.diff.diff import compare, diff
from templates_app.appspec.diff.field_change import FieldChange, Symbol
from templates_app.appspec.merge.merge import Merge, merge
from templates_app.appspec.merge.three_way import Source
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse, parse_json
from templates_app.appspec.schema.serialize import canonical, digest, tree
from tests.templates_app.spec.strategies import law, specs


def dropped(base: AppSpec, answer: Literal["keep", "remove"]) -> dict[str, Literal["keep", "remove"]]:
    return dict.fromkeys(base.components, answer)


@law
@given(specs())
def test_the_plain_form_is_what_pydantic_dumps_and_reads_back(spec: AppSpec) -> None:
    assert tree(spec) == {
        name: value for name, value in spec.model_dump(mode="json", exclude_defaults=True).items() if value != {}
    }
    assert parse(tree(spec)) == spec
    assert parse(tree(parse(tree(spec)))).plain == spec.plain
    assert parse_json(canonical(spec)) == spec


@law
@given(specs(), specs())
def test_equal_digests_are_equal_documents(spec: AppSpec, other: AppSpec) -> None:
    assert (digest(spec) == digest(other)) == (spec == other)
    assert digest(spec) == digest(json.loads(canonical(spec)))


@law
@given(specs(), specs())
def test_a_diff_is_empty_exactly_for_equal_documents(spec: AppSpec, other: AppSpec) -> None:
    assert diff(spec, spec) == ()
    assert diff(spec, parse(tree(spec))) == ()
    assert (diff(spec, other) == ()) == (spec.plain == other.plain)


@law
@given(specs(), specs())
def test_applying_the_changes_to_before_gives_after(before: AppSpec, after: AppSpec) -> None:
    changed: dict[str, Any] = copy.deepcopy(tree(before))
    for change in diff(before, after):
        applied(changed, change)
    assert parse(changed).plain == after.plain


@law
@given(specs(), specs())
def test_a_diff_backwards_has_the_same_places_the_other_way_round(before: AppSpec, after: AppSpec) -> None:
    turned = {Symbol.ADDED: Symbol.REMOVED, Symbol.REMOVED: Symbol.ADDED, Symbol.CHANGED: Symbol.CHANGED}
    forth = {(change.path, turned[change.symbol], change.impact) for change in diff(before, after)}
    assert {(change.path, change.symbol, change.impact) for change in diff(after, before)} == forth


@law
@given(specs(), specs())
def test_every_change_can_be_said(before: AppSpec, after: AppSpec) -> None:
    for change in diff(before, after):
        assert change.label
        assert "\n" not in change.sentence()
    for component in compare(before, after).components:
        assert (component.symbol is Symbol.UNCHANGED) == (component.changes == ())


@law
@given(specs(), specs())
def test_merging_with_itself_changes_nothing(base: AppSpec, other: AppSpec) -> None:
    assert merge(base, base, base) == Merge(base, (), (), ())
    assert merge(base, other, base).spec.plain == other.plain
    assert merge(base, other, base).is_settled
    assert merge(base, other, other).spec.plain == other.plain
    assert merge(base, other, other).is_settled


@law
@given(specs(), specs())
def test_without_local_changes_the_result_is_theirs(base: AppSpec, theirs: AppSpec) -> None:
    merged = merge(base, base, theirs, removed=dropped(base, "remove"))
    assert merged.spec.plain == theirs.plain
    assert merged.is_settled
    assert {decision.source for decision in merged.decisions} <= {Source.TEMPLATE}


@law
@given(specs(), specs(), specs())
def test_no_local_change_is_lost_silently(base: AppSpec, ours: AppSpec, theirs: AppSpec) -> None:
    merged = merge(base, ours, theirs)
    decided = {item.path: item for item in merged.decisions}
    theirs_alone = {item.path for item in merged.decisions if item.source is Source.TEMPLATE}
    for change in diff(base, ours):
        above = [decided[change.path[:end]] for end in range(len(change.path) + 1) if change.path[:end] in decided]
        below = [item for path, item in decided.items() if path[: len(change.path)] == change.path]
        assert above or below, change
        assert not [item for item in above if item.path in theirs_alone], change
    for decision in merged.conflicts:
        assert decision.result == decision.ours


@law
@given(specs(), specs(), specs(), st.sampled_from(["ours", "theirs"]))
def test_every_conflict_can_be_answered(
    base: AppSpec, ours: AppSpec, theirs: AppSpec, side: Literal["ours", "theirs"]
) -> None:
    unanswered = merge(base, ours, theirs)
    answered = merge(
        base,
        ours,
        theirs,
        dict.fromkeys((conflict.id for conflict in unanswered.conflicts), side),
        removed=dropped(base, "keep"),
    )
    assert answered.is_settled
    chosen = {decision.path: decision for decision in answered.decisions if decision.source is Source.CHOSEN}
    assert chosen.keys() == {conflict.path for conflict in unanswered.conflicts}
    for decision in chosen.values():
        assert decision.result == (decision.ours if side == "ours" else decision.theirs)


@law
@given(specs(), specs(), specs())
def test_ours_and_theirs_change_places(base: AppSpec, ours: AppSpec, theirs: AppSpec) -> None:
    here = {decision.path for decision in merge(base, ours, theirs).conflicts}
    existing = {decision.path for decision in merge(base, theirs, ours).conflicts}
    assert {path for path in here if len(path) > 2} == {path for path in existing if len(path) > 2}


@law
@given(specs(), specs(), specs(), st.frozensets(st.sampled_from(["web", "db", "redis"])))
def test_with_only_the_other_components_stay(
    base: AppSpec, ours: AppSpec, theirs: AppSpec, only: frozenset[str]
) -> None:
    merged = merge(base, ours, theirs, only=only).spec
    for key in base.components.keys() | ours.components.keys() | theirs.components.keys():
        if key not in only:
            assert merged.components.get(key) == ours.components.get(key)


@law
@given(specs(), specs(), specs())
def test_merging_changes_none_of_its_documents(base: AppSpec, ours: AppSpec, theirs: AppSpec) -> None:
    before = [canonical(spec) for spec in (base, ours, theirs)]
    merge(base, ours, theirs, removed=dropped(base, "remove"))
    diff(base, theirs)
    assert [canonical(spec) for spec in (base, ours, theirs)] == before
    assert [canonical(parse(spec.model_dump())) for spec in (base, ours, theirs)] == before


def applied(plain: dict[str, Any], change: FieldChange) -> None:
    *above, name = change.path
    for step in above:
        plain = plain.setdefault(step, {})
    if change.symbol is Symbol.REMOVED:
        plain.pop(name, None)
    else:
        plain[name] = change.after
