"""What the tests of the road share: released version, a target, an install that ran."""

from collections.abc import Mapping
from pathlib import Path

from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.models import Team
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import compute_digest, to_plain
from templates_app.appspec.versioning.versions import compute_sort_key
from templates_app.models import AppTemplate, TemplateVersion
from upgrades_app.actions.build_plan import PlanProposal, build_proposal
from upgrades_app.actions.confirm import confirm_plan
from upgrades_app.actions.execute_upgrade import execute_upgrade
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind
from upgrades_app.models import UpgradeRecord
from upgrades_app.presenters.plan_text import describe_plan

ADA = Actor.system("ada")


def template(team: Team, slug: str = "shop") -> AppTemplate:
    return AppTemplate.objects.create(team=team, slug=slug, name=slug.capitalize())


def released(of: AppTemplate, version: str, spec: AppSpec, state: str = "released") -> TemplateVersion:
    return TemplateVersion.objects.create(
        template=of,
        version=version,
        sort_key=compute_sort_key(version),
        state=state,
        document=to_plain(spec),
        digest=compute_digest(spec),
    )


def git_target(team: Team, folder: Path) -> Target:
    return Target.objects.create(team=team, slug="files", kind="git", config={"path": str(folder / "repository")})


def memory_target(team: Team, name: str) -> Target:
    return Target.objects.create(team=team, slug="memory", kind="memory", config={"name": name})


def installed(
    version: TemplateVersion, target: Target, name: str = "Copy", answers: Answers | None = None
) -> Application:
    """An application that was installed, confirmed and run."""
    record = plan_install(version, ADA, team=target.team, name=name, target=target, answers=answers)
    finished = carried_out(record)
    assert finished.succeeded, finished.result
    return fresh(finished.subject)


def carried_out(record: UpgradeRecord) -> UpgradeRecord:
    """Confirmed and run in this process."""
    confirm_plan(record, ADA, digest=record.digest)
    return execute_upgrade(record.pk)


def upgraded(application: Application, to: TemplateVersion, answers: Answers | None = None) -> UpgradeRecord:
    return moved(application, OperationKind.UPGRADE, to, answers)


def moved(
    application: Application, kind: OperationKind, to: TemplateVersion | None, answers: Answers | None = None
) -> UpgradeRecord:
    proposal = build_proposal(fresh(application), kind, to, answers or Answers())
    assert proposal.plan.state == "ready", describe_plan(proposal.plan)
    return carried_out(save_plan(proposal, ADA))


def plan_of(application: Application, to: TemplateVersion, **answers: Mapping[str, str]) -> PlanProposal:
    return build_proposal(fresh(application), OperationKind.UPGRADE, to, Answers(**answers))  # type: ignore[arg-type]  # a test's words


def fresh(application: Application) -> Application:
    return Application.objects.with_installation().get(pk=application.pk)
