"""Ten random local changes between any two neighbouring real releases: none is lost, and none is hidden."""

from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from apps_app.publication.choices import Choices
from apps_app.publication.version_document import assemble
from templates_app.appspec.diff.diff import diff
from templates_app.appspec.interpolation.render import effective
from templates_app.appspec.interpolation.syntax import substitute
from templates_app.appspec.schema.model import AppSpec
from tests.realworld.chains import CHAINS, Chain, imported
from tests.realworld.random_edits import Edit, at, edited, overlap
from upgrades_app.engine.inputs.planning_input import Answers, Kind, Side, Situation
from upgrades_app.engine.inputs.question import QuestionKind
from upgrades_app.engine.planner import make_plan
from upgrades_app.engine.planning.plan import Plan, told

pytestmark = pytest.mark.realworld
PAIRS = [pytest.param(chain, *pair, id="-".join(pair)) for chain in CHAINS for pair in pairwise(chain.releases)]
MINE = {QuestionKind.CONFLICT: "ours", QuestionKind.RISK: "accept"}

type Documents = dict[tuple[str, str], AppSpec]


@pytest.fixture(scope="module")
def published(realworld: Path) -> Documents:
    """Every release as publishing makes it, each decided like the one before."""
    documents: Documents = {}
    for chain in CHAINS:
        last: AppSpec | None = None
        for release in chain.releases:
            source = imported(chain.folder(realworld, release)).spec
            last = documents[chain.project, release] = assemble(source, {}, last, Choices()).spec
    return documents


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("chain", "before", "after"), PAIRS)
def test_random_local_changes_are_kept_and_shown_or_asked_about(
    published: Documents, chain: Chain, before: str, after: str, seed: int
) -> None:
    random = Random(f"{chain.project} {before} {seed}")
    base, theirs = published[chain.project, before], published[chain.project, after]
    ours, edits = edited(random, base, 10)
    applied = random.choice([base, ours])
    secrets = {name: "s" for name, parameter in base.parameters.items() if parameter.secret}
    situation = Situation(
        Kind.UPGRADE, "copy", b"salt", chain.project, before, after,
        Side(base), Side(ours, {}, secrets), Side(applied, {}, secrets), Side(theirs),
    )  # fmt: skip
    first = make_plan(situation)
    removal = random.choice(["keep", "remove"])
    provided = {
        open_question.name: {**MINE, QuestionKind.REMOVED: removal}[open_question.kind]
        for open_question in first.open_questions
    }
    second = make_plan(situation.answered(Answers.read(provided)))
    assert len(edits) >= 10
    for plan in (first, second):
        assert lost(plan, edits) == [], told(plan)
        assert hidden(plan, edits, theirs) == [], told(plan)
    assert strange(second, edits, theirs) == [], told(second)


def lost(plan: Plan, edits: list[Edit]) -> list[Edit]:
    """Edits that the plan undoes though nobody was asked, or though the answer was mine."""
    requested = {
        question.path for question in plan.questions if question.open or question.chosen in {"remove", "put_back"}
    }
    return [
        (path, value)
        for path, value in edits
        if at(plan.spec, path) != value and not any(overlap(path, place) for place in requested)
    ]


def hidden(plan: Plan, edits: list[Edit], theirs: AppSpec) -> list[Edit]:
    """Edits that stay, that the version does not make too, and that nothing in the plan shows."""
    values = effective(plan.spec.parameters, {})
    fields = [item.path for row in plan.components for item in row.fields] + [note.path for note in plan.notes]
    complete = {row.key for row in plan.components if row.source or row.symbol in "+−"}
    return [
        (path, value)
        for path, value in edits
        if at(plan.spec, path) == value != at(theirs, path)
        and path[1] not in complete
        and not any(overlap(tuple(substitute(step, values) for step in path), place) for place in fields)
    ]


def strange(plan: Plan, edits: list[Edit], theirs: AppSpec) -> list[str]:
    """What is neither the version's nor the operator's."""
    places = [path for path, _ in edits]
    places += [question.path for question in plan.questions if question.kind is QuestionKind.REMOVED]
    return [
        change.address
        for change in diff(theirs, plan.spec)
        if change.path[0] == "components" and not any(overlap(change.path, place) for place in places)
    ]
