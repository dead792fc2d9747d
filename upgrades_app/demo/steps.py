"""Operations of the demo, using the same actions as pages and commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from apps_app.actions.finish_publication import confirm_release
from apps_app.actions.import_compose import import_compose
from apps_app.actions.publish import publish
from apps_app.actions.save_component import save_component
from apps_app.formats.compose.read import read_compose
from apps_app.models import Application, Target
from apps_app.publication.choices import NewTemplate, ParameterDecision, PublicationChoices
from config.accounts.access.actor import Actor
from config.accounts.models import Team
from config.commands import CommandFailed
from templates_app.actions.synchronize import synchronize
from templates_app.appspec.diff.diff import ComponentChange, SpecDiff
from templates_app.appspec.diff.field_change import FieldChange, Symbol, format_value
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import AppTemplate, TemplateVersion
from upgrades_app.actions.build_plan import PlanProposal, build_proposal
from upgrades_app.actions.confirm import confirm_plan
from upgrades_app.actions.execute_upgrade import execute_upgrade
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.demo.shop import ShopEdition
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind
from upgrades_app.models import UpgradeRecord


def import_shop(by: Actor, team: Team, edition: ShopEdition) -> Application:
    imported = read_compose(edition.files, "compose.yaml", b"DB_PASSWORD=only-the-source-uses-this\n")
    return import_compose(by, team=team, name="shop", imported=imported, source="compose.yaml")


def publish_version(
    source: Application, by: Actor, version: str, template: AppTemplate | NewTemplate | None
) -> TemplateVersion:
    """Publish, synchronize and release a version. Raises CommandFailed."""
    decisions = {"DB_PASSWORD": ParameterDecision.GENERATED, "WEB_PORT": ParameterDecision.PROMPTED}
    known = source.desired_spec().parameters
    choices = PublicationChoices(decisions={name: decision for name, decision in decisions.items() if name in known})
    template = template or NewTemplate("Shop")
    record = publish(source, by, template=template, version=version, choices=choices, queue=False)
    draft = record.version
    if draft is None or not synchronize(draft):
        raise CommandFailed(f"{record} could not be synchronized.")
    return confirm_release(record, by)


def install(version: TemplateVersion, by: Actor, target: Target, name: str, values: Mapping[str, str]) -> UpgradeRecord:
    answers = Answers(values=values)
    return confirm_and_run(plan_install(version, by, team=target.team, name=name, target=target, answers=answers), by)


def edit(application: Application, by: Actor, key: str, **env: str) -> None:
    """Set variables of a component and apply the change."""
    row = application.components.get(key=key)
    component = application.desired_spec().components[key]
    changed = component.model_copy(update={"env": {**component.env, **env}})
    save_component(application, by, key=key, component=changed, revision=row.revision)
    confirm_and_run(save_plan(build_plan_proposal(application, OperationKind.CHANGE, None), by), by)


def change_source(source: Application, by: Actor, spec: AppSpec) -> None:
    """Save the desired components; new ones first, since others may depend on them."""
    now = source.desired_spec().components
    for key, component in sorted(spec.components.items(), key=lambda item: (item[0] in now, item[0])):
        if now.get(key) != component:
            save_component(source, by, key=key, component=component, revision=_get_revision(source, key))


def build_plan_proposal(
    application: Application, kind: OperationKind, to: TemplateVersion | None, answers: Answers | None = None
) -> PlanProposal:
    return build_proposal(reload(application), kind, to, answers or Answers())


def confirm_and_run(record: UpgradeRecord, by: Actor) -> UpgradeRecord:
    """Confirm and run a record in this process. Raises CommandFailed with its result."""
    confirm_plan(record, by, digest=record.digest)
    finished = execute_upgrade(record.pk)
    if not finished.succeeded:
        raise CommandFailed(f"{finished}: {finished.result}")
    return finished


def reload(application: Application) -> Application:
    return Application.objects.with_installation().get(pk=application.pk)


def _get_revision(source: Application, key: str) -> int | None:
    row = source.components.filter(key=key).first()
    return None if row is None else row.revision


def format_headline(comparison: SpecDiff) -> str:
    """Return added and removed components, then changed variables, in one line."""
    complete = [change for change in comparison.components if change.before is None or change.after is None]
    fields = [(item, change) for item in comparison.components if item not in complete for change in item.changes]
    changed = [_format_field(item, change) for item, change in fields if change.path[2] == "env"]
    return "   ".join([*_format_component(complete), *sorted(changed, key=lambda line: "+~−".index(line[0]))])


def _format_component(components: list[ComponentChange]) -> Iterator[str]:
    for change in components:
        yield f"{change.symbol} {change.key}"


def _format_field(component: ComponentChange, change: FieldChange) -> str:
    place = f"{change.symbol} {component.key} {change.path[-1]}"
    if change.symbol is Symbol.CHANGED:
        return f"{place} {format_value(change.before)} → {format_value(change.after)}"
    return f"{place} {format_value(change.after)}" if change.symbol is Symbol.ADDED else place
