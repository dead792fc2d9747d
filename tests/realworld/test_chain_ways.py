"""Other ways along real releases: some components first, with values of one's own, and falling on the way."""

from itertools import pairwise

import pytest

from apps_app.actions.set_values import set_values
from apps_app.drivers.memory import memory_target
from apps_app.models import Target
from apps_app.queries.rendered_spec import rendered
from templates_app.models import TemplateVersion
from tests.realworld.chains import OPENTELEMETRY, SAFE, SENTRY, Chain, Journey, copy_of, upgraded_along
from tests.realworld.holdings import held
from tests.upgrades_app.road import ADA, carried_out
from upgrades_app.actions.build_plan import Proposal, propose
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.engine.planning.plan import PlanState, told

pytestmark = [pytest.mark.django_db, pytest.mark.realworld]

of_sentry = pytest.mark.parametrize("chain", [SENTRY], ids=[SENTRY.project])
of_opentelemetry = pytest.mark.parametrize("chain", [OPENTELEMETRY], ids=[OPENTELEMETRY.project])


def some_first(journey: Journey, version: TemplateVersion) -> Proposal:
    """Every second component, and what the plan says has to be taken with them."""
    keys = sorted(version.spec.components.keys() | journey.now.desired_spec().components.keys())
    used, provided = frozenset(keys[::2]), dict[str, str]()
    for _ in keys:
        proposal = propose(journey.now, Kind.UPGRADE, version, Answers.read(provided, used))
        lacking = [blocker.message.partition(" is left behind")[0] for blocker in proposal.plan.blockers]
        also = {blocker.path.split(".")[1] for blocker in proposal.plan.blockers} | {*lacking} & {*keys}
        if not also - used and not proposal.plan.open_questions:
            return proposal
        used |= also
        provided |= {open_question.name: SAFE[open_question.kind] for open_question in proposal.plan.open_questions}
    raise AssertionError(f"the plan asked and asked, with {sorted(used)}")


def test_some_components_first_and_the_rest_later_end_at_the_version(
    chain: Chain, versions: list[TemplateVersion], memory: Target
) -> None:
    journey = copy_of(versions[0], memory)
    for before, version in pairwise(versions):
        proposal = some_first(journey, version)
        assert proposal.plan.state is PlanState.READY, told(proposal.plan)
        record = carried_out(store(proposal, ADA))
        assert record.went_as_planned, record.result
        behind = {key for key, arrival in proposal.plan.arrivals.items() if arrival == "behind"}
        assert behind
        assert journey.now.installation.version == before, record.result
        journey.go(Kind.UPGRADE, version)
        assert journey.now.desired_spec() == journey.now.applied_spec() == version.spec
        assert journey.now.installation.version == version


@of_sentry
def test_a_value_of_ones_own_goes_along_and_stays_where_the_default_moves(
    chain: Chain, versions: list[TemplateVersion], memory: Target
) -> None:
    journey = copy_of(versions[0], memory)
    set_values(journey.now, ADA, values={"SENTRY_EVENT_RETENTION_DAYS": "30"})
    upgraded_along(journey, versions[1:4])
    set_values(journey.now, ADA, values={"HEALTHCHECK_TIMEOUT": "45s"})
    upgraded_along(journey, versions[4:5])
    moved = [item.sentence() for item in journey.plans[-1].parameters]
    row = "HEALTHCHECK_TIMEOUT 60s → 45s (yours, not applied yet; the template has 1m30s)"
    assert row in moved, told(journey.plans[-1])
    upgraded_along(journey, versions[5:])
    components = rendered(journey.now, journey.now.desired_spec()).components
    assert components["web"].env["SENTRY_EVENT_RETENTION_DAYS"] == "30"
    assert components["redis"].probes["readiness"].timeout == "45s"


@of_opentelemetry
def test_a_value_whose_parameter_goes_is_said_to_go_and_comes_back(
    chain: Chain, versions: list[TemplateVersion], memory: Target
) -> None:
    journey = copy_of(versions[0], memory)
    set_values(journey.now, ADA, values={"REDIS_PORT": "7777"})
    upgraded_along(journey, versions[1:])
    rows = [row.sentence() for row in journey.plans[-1].parameters]
    assert "REDIS_PORT removed (yours, and the template has none any more)" in rows
    assert not journey.now.values.filter(name="REDIS_PORT").exists()
    journey.go(Kind.ROLLBACK, versions[0])
    back = {value.name: value.desired.reveal() for value in journey.now.values.all() if value.desired}
    assert back == {"REDIS_PORT": "7777", "POSTGRES_PASSWORD": "only-here"}


@of_sentry
@pytest.mark.parametrize("falling", ["redis", "snuba-api", "web", "nginx"])
def test_an_upgrade_that_falls_leaves_exactly_what_was_and_succeeds_the_next_time(
    chain: Chain, versions: list[TemplateVersion], memory: Target, falling: str
) -> None:
    journey = copy_of(versions[3], memory)
    before, existing = journey.now.desired_spec(), held(journey.now)
    in_memory = memory_target(str(memory.config["name"]))
    in_memory.fail("apply", falling, message="the disk is full")
    proposal = journey.answered(Kind.UPGRADE, versions[4])
    record = carried_out(store(proposal, ADA))
    assert record.status == "rolled_back", record.result
    assert journey.now.desired_spec() == journey.now.applied_spec() == before
    assert held(journey.now) == existing
    assert journey.now.installation.version == versions[3]
    in_memory.heal()
    journey.go(Kind.UPGRADE, versions[4])
    assert journey.now.desired_spec() == versions[4].spec
