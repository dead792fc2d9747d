"""What the tests of the road share: a released version, a target, an install that ran."""

from collections.abc import Mapping
from pathlib import Path

from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.models import Team
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import digest, tree
from templates_app.appspec.versioning.versions import sort_key
from templates_app.models import AppTemplate, TemplateVersion
from upgrades_app.actions.build_plan import Proposal, propose
from upgrades_app.actions.confirm import confirm
from upgrades_app.actions.execute_upgrade import run
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.engine.planning.plan import told
from upgrades_app.models import UpgradeRecord

ADA = Actor.system("ada")


def template(team: Team, slug: str = "shop") -> AppTemplate:
    return AppTemplate.objects.create(team=team, slug=slug, name=slug.capitalize())


def released(of: AppTemplate, version: str, spec: AppSpec, state: str = "released") -> TemplateVersion:
    return TemplateVersion.objects.create(
        template=of,
        version=version,
        sort_key=sort_key(version),
        state=state,
        document=tree(spec),
        digest=digest(spec),
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
    confirm(record, ADA, digest=record.digest)
    return run(record.pk)


def upgraded(application: Application, to: TemplateVersion, answers: Answers | None = None) -> UpgradeRecord:
    return moved(application, Kind.UPGRADE, to, answers)


def moved(
    application: Application, kind: Kind, to: TemplateVersion | None, answers: Answers | None = None
) -> UpgradeRecord:
    proposal = propose(fresh(application), kind, to, answers or Answers())
    assert proposal.plan.state == "ready", told(proposal.plan)
    return carried_out(store(proposal, ADA))


def plan_of(application: Application, to: TemplateVersion, **answers: Mapping[str, str]) -> Proposal:
    return propose(fresh(application), Kind.UPGRADE, to, Answers(**answers))  # type: ignore[arg-type]  # a test's words


def fresh(application: Application) -> Application:
    return Application.objects.with_installation().get(pk=application.pk)
