"""Ten local changes on the way along real releases: each is kept, or somebody was asked about it."""

from itertools import pairwise

import pytest

from apps_app.models import Target
from templates_app.appspec.diff.diff import diff
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.resource_usage import parameters_of, uses_of
from templates_app.models import TemplateVersion
from tests.realworld.chains import SENTRY, Chain, Journey, copy_of, upgraded_along
from tests.realworld.holdings import held
from tests.realworld.local_changes import LocalChange, Path, made_at
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.engine.inputs.question import QuestionKind
from upgrades_app.engine.planning.plan import Plan, told

pytestmark = [pytest.mark.django_db, pytest.mark.realworld]

CHOICES = {
    "mine": {},
    "the template's": {QuestionKind.CONFLICT: "theirs"},
    "keep what it dropped": {QuestionKind.REMOVED: "keep"},
}


def make_changes(journey: Journey, chain: Chain, release: str) -> tuple[LocalChange, ...]:
    """Those of this release: every other one is applied at once, the others wait for the upgrade."""
    changes = made_at(chain, release)
    for number, change in enumerate(changes):
        change.make(journey.now)
        assert change.holds(journey.now.desired_spec()), change
        if number % 2:
            journey.go(Kind.CHANGE, None)
    return changes


def lost(journey: Journey, made: list[LocalChange]) -> list[LocalChange]:
    """The changes that are not there any more, and that no question was about."""
    spec = journey.now.desired_spec()
    return [one for one in made if not one.holds(spec) and not journey.questions_about(one.path)]


def unexplained(version: AppSpec, spec: AppSpec, places: list[Path]) -> list[str]:
    """What differs from the version without that a local change or what it uses says so."""
    own = [spec.components[path[1]] for path in places if path[1] in spec.components]
    used = {
        *(("parameters", name) for name in parameters_of(own)),
        *(("volumes", name) for one in own for name in uses_of(one).volumes),
        *(("networks", name) for one in own for name in uses_of(one).networks),
    }
    return [
        f"{change.address}: {change.sentence()}"
        for change in diff(version, spec)
        if change.path[:2] not in used and not any(_overlap(change.path, place) for place in places)
    ]


def _overlap(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


@pytest.mark.parametrize("choice", CHOICES)
def test_each_of_ten_local_changes_is_kept_and_listed_or_was_asked_about(
    chain: Chain, versions: list[TemplateVersion], memory: Target, choice: str
) -> None:
    journey, made = copy_of(versions[0], memory), list[LocalChange]()
    for before, version in pairwise(versions):
        made += make_changes(journey, chain, before.version)
        journey.go(Kind.UPGRADE, version, CHOICES[choice])
        now, plan = journey.now, journey.plans[-1]
        kept = [("components", one.id) for one in journey.asked if one.kind is QuestionKind.REMOVED]
        assert lost(journey, made) == [], told(plan)
        assert now.desired_spec() == now.applied_spec()
        assert unexplained(version.spec, now.desired_spec(), [*(one.path for one in made), *kept]) == [], told(plan)
        assert unlisted(plan, made) == [], told(plan)
    assert len(made) == 10


def unlisted(plan: Plan, made: list[LocalChange]) -> list[LocalChange]:
    """The changes that stay and that the plan's comparison does not show, neither one by one nor as a component."""
    fields = {one.path for row in plan.components for one in row.fields}
    whole = {row.key for row in plan.components if row.source or row.symbol in "+−"}
    stays = [one for one in made if one.holds(plan.spec) and one.key in plan.spec.components]
    return [
        one for one in stays if one.key not in whole and not any(path[: len(one.path)] == one.path for path in fields)
    ]


def test_going_back_keeps_what_was_changed_between_and_restores_the_rest(
    chain: Chain, versions: list[TemplateVersion], memory: Target
) -> None:
    journey, made, was = copy_of(versions[0], memory), list[LocalChange](), []
    for before, version in pairwise(versions):
        made += make_changes(journey, chain, before.version)
        was.append((before, journey.now.desired_spec()))
        journey.go(Kind.UPGRADE, version)
    gone = {one.key for one in made if not one.holds(journey.now.desired_spec())}
    assert gone == {one.id for one in journey.asked if one.kind is QuestionKind.REMOVED} & {one.key for one in made}
    newest, exactly = was[-1]
    for version, spec in reversed(was):
        journey.go(Kind.ROLLBACK, version)
        now = journey.now.desired_spec()
        assert version != newest or now == exactly
        assert [one for one in made if not one.holds(now)] == []
        assert unexplained(spec, now, [one.path for one in made]) == []


def test_changes_made_before_the_first_upgrade_come_back_exactly(
    chain: Chain, versions: list[TemplateVersion], memory: Target
) -> None:
    journey = copy_of(versions[0], memory)
    make_changes(journey, chain, versions[0].version)
    before, there = journey.now.desired_spec(), held(journey.now)
    upgraded_along(journey, versions[1:])
    journey.go(Kind.ROLLBACK, versions[0])
    assert journey.now.desired_spec() == before
    assert held(journey.now) == there


@pytest.mark.parametrize("chain", [SENTRY], ids=[SENTRY.project])
def test_the_same_changes_before_one_jump_are_kept_or_asked_about(
    chain: Chain, versions: list[TemplateVersion], memory: Target
) -> None:
    journey = copy_of(versions[0], memory)
    made = list(make_changes(journey, chain, versions[0].version))
    upgraded_along(journey, versions[-1:])
    assert lost(journey, made) == []
    assert unexplained(versions[-1].spec, journey.now.desired_spec(), [one.path for one in made]) == []
