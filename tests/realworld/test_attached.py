"""A real application that somebody else imported is attached to a published release, and upgrades along."""

from dataclasses import replace
from pathlib import Path

import pytest

from apps_app.actions.import_compose import import_compose
from apps_app.actions.link_application import attach
from apps_app.formats.compose.read import Imported
from apps_app.models import Application, Target
from apps_app.queries.link_proposal import Choices, propose_attachment
from apps_app.queries.rendered_spec import rendered
from config.accounts.sealing.sealed import Secret
from templates_app.appspec.interpolation.render import effective, render
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import TemplateVersion
from tests.apps_app.rows import all_held
from tests.realworld.chains import FILE, Chain, Journey, imported
from tests.realworld.holdings import held
from tests.realworld.test_chains import assert_the_same
from tests.upgrades_app.road import ADA, fresh, installed, moved
from upgrades_app.actions.build_plan import propose_change
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.engine.planning.plan import PlanState, told

pytestmark = [pytest.mark.django_db, pytest.mark.realworld]


def as_it_is(chain: Chain, realworld: Path, version: TemplateVersion) -> Imported:
    """The project's own files, with the version's images where Compose would build one."""
    import_result = imported(chain.folder(realworld, version.version))
    components = {
        key: component
        if component.image
        else component.model_copy(update={"image": version.spec.components[key].image})
        for key, component in import_result.spec.components.items()
    }
    return replace(import_result, spec=import_result.spec.model_copy(update={"components": components}))


def as_literals(chain: Chain, realworld: Path, version: TemplateVersion) -> Imported:
    """The same with every value that is no secret written out: what one finds on an engine."""
    import_result = as_it_is(chain, realworld, version)
    plain = {name: parameter for name, parameter in import_result.spec.parameters.items() if not parameter.secret}
    spec = render(import_result.spec, effective(plain, {}))
    secrets = {name: parameter for name, parameter in spec.parameters.items() if parameter.secret}
    return replace(import_result, spec=spec.model_copy(update={"parameters": secrets}))


def running(import_result: Imported, target: Target, secrets: frozenset[str]) -> Application:
    application = import_compose(ADA, team=target.team, name="Mine", imported=import_result, source=FILE, target=target)
    for name in secrets & import_result.spec.parameters.keys() - all_held(application).keys():
        application.values.create(name=name, secret=True, desired=Secret("only-here"))
    assert moved(fresh(application), Kind.CHANGE, None, Answers(accept_data_risk=True)).succeeded
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


def assert_it_upgrades(read: Imported, target: Target, before: TemplateVersion, after: TemplateVersion) -> None:
    mine = running(read, target, sealed(before.spec))
    was = held(mine), rendered(mine, mine.applied_spec()).components
    proposal = propose_attachment(mine, before, Choices())
    assert proposal.changes == 0, [change.sentence() for change in proposal.comparison.changes]
    attach(mine, ADA, version=before, choices=Choices(), seen=proposal.digest)
    mine = fresh(mine)
    assert (held(mine), rendered(mine, mine.applied_spec()).components) == was
    plan = propose_change(mine, Answers()).plan
    assert plan.state is PlanState.NOTHING_TO_DO, told(plan)
    other = installed(before, target, "Other", Answers(secrets=_secrets(mine, before)))
    for application in (mine, other):
        Journey(application).go(Kind.UPGRADE, after)
    assert_the_same(fresh(mine), fresh(other))


def _secrets(application: Application, version: TemplateVersion) -> dict[str, str]:
    return {name: text for name, text in all_held(application).items() if name in sealed(version.spec)}
