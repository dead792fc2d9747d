"""A real application that somebody else imported is attached to a published release, and upgrades along."""

from dataclasses import replace
from pathlib import Path

import pytest

from apps_app.actions.import_compose import import_compose
from apps_app.actions.link_application import link_application
from apps_app.formats.compose.read import ImportResult
from apps_app.models import Application, Target
from apps_app.queries.link_proposal import LinkChoices, propose_link
from apps_app.queries.rendered_spec import render_desired
from config.accounts.sealing.sealed import Secret
from templates_app.appspec.interpolation.render import get_effective_values, render_spec
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import TemplateVersion
from tests.apps_app.rows import all_held
from tests.realworld.chains import FILE, Chain, Journey, imported
from tests.realworld.holdings import held
from tests.realworld.test_chains import assert_the_same
from tests.upgrades_app.upgrade_helpers import ADA, fresh, installed, moved
from upgrades_app.actions.build_plan import build_change_proposal
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind
from upgrades_app.engine.planning.plan import PlanState
from upgrades_app.presenters.plan_text import describe_plan

pytestmark = [pytest.mark.django_db, pytest.mark.realworld]


def as_it_is(chain: Chain, realworld: Path, version: TemplateVersion) -> ImportResult:
    """The project's own files, with the version's images where Compose would build one."""
    import_result = imported(chain.folder(realworld, version.version))
    components = {
        key: component
        if component.image
        else component.model_copy(update={"image": version.spec.components[key].image})
        for key, component in import_result.spec.components.items()
    }
    return replace(import_result, spec=import_result.spec.model_copy(update={"components": components}))


def as_literals(chain: Chain, realworld: Path, version: TemplateVersion) -> ImportResult:
    """The same with every value that is no secret written out: what one finds on an engine."""
    import_result = as_it_is(chain, realworld, version)
    plain = {name: parameter for name, parameter in import_result.spec.parameters.items() if not parameter.secret}
    spec = render_spec(import_result.spec, get_effective_values(plain, {}))
    secrets = {name: parameter for name, parameter in spec.parameters.items() if parameter.secret}
    return replace(import_result, spec=spec.model_copy(update={"parameters": secrets}))


def running(import_result: ImportResult, target: Target, secrets: frozenset[str]) -> Application:
    application = import_compose(ADA, team=target.team, name="Mine", imported=import_result, source=FILE, target=target)
    for name in secrets & import_result.spec.parameters.keys() - all_held(application).keys():
        application.values.create(name=name, secret=True, desired=Secret("only-here"))
    assert moved(fresh(application), OperationKind.CHANGE, None, Answers(accept_data_risk=True)).succeeded
    return fresh(application)


def sealed(spec: AppSpec) -> frozenset[str]:
    return frozenset(name for name, parameter in spec.parameters.items() if parameter.secret)


def test_what_was_imported_upgrades_as_what_was_installed(
    chain: Chain, versions: list[TemplateVersion], realworld: Path, git: Target
) -> None:
    assert_it_upgrades(as_it_is(chain, realworld, versions[-2]), git, *versions[-2:])


def test_what_was_written_by_hand_upgrades_as_what_was_installed(
    chain: Chain, versions: list[TemplateVersion], realworld: Path, memory: Target
) -> None:
    assert_it_upgrades(as_literals(chain, realworld, versions[-2]), memory, *versions[-2:])


def assert_it_upgrades(read: ImportResult, target: Target, before: TemplateVersion, after: TemplateVersion) -> None:
    mine = running(read, target, sealed(before.spec))
    was = held(mine), render_desired(mine, mine.applied_spec()).components
    proposal = propose_link(mine, before, LinkChoices())
    assert proposal.changes == 0, [change.describe() for change in proposal.comparison.changes]
    link_application(mine, ADA, version=before, choices=LinkChoices(), observed=proposal.digest)
    mine = fresh(mine)
    assert (held(mine), render_desired(mine, mine.applied_spec()).components) == was
    plan = build_change_proposal(mine, Answers()).plan
    assert plan.state is PlanState.NOTHING_TO_DO, describe_plan(plan)
    other = installed(before, target, "Other", Answers(secrets=_secrets(mine, before)))
    for application in (mine, other):
        Journey(application).go(OperationKind.UPGRADE, after)
    assert_the_same(fresh(mine), fresh(other))


def _secrets(application: Application, version: TemplateVersion) -> dict[str, str]:
    return {name: text for name, text in all_held(application).items() if name in sealed(version.spec)}
