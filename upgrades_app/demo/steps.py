"""The verbs of the demo, each through the same action that pages and commands use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from apps_app.actions.finish_publication import confirm_release
from apps_app.actions.import_compose import import_compose
from apps_app.actions.publish import publish
from apps_app.actions.save_component import save_component
from apps_app.formats.compose.read import read_compose
from apps_app.models import Application, Target
from apps_app.publication.choices import Choices, Decision, NewTemplate
from config.accounts.access.actor import Actor
from config.accounts.models import Team
from config.commands import Failed
from templates_app.actions.synchronize import synchronize
from templates_app.appspec.diff.diff import Comparison, ComponentChange
from templates_app.appspec.diff.field_change import FieldChange, Symbol, shown
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import AppTemplate, TemplateVersion
from upgrades_app.actions.build_plan import Proposal, propose
from upgrades_app.actions.confirm import confirm
from upgrades_app.actions.execute_upgrade import run
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.actions.save_plan import store
from upgrades_app.demo.shop import Edition
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.models import UpgradeRecord


def import_shop(by: Actor, team: Team, edition: Edition) -> Application:
    imported = read_compose(edition.files, "compose.yaml", b"DB_PASSWORD=only-the-source-uses-this\n")
    return import_compose(by, team=team, name="shop", imported=imported, source="compose.yaml")


def publish_version(
    source: Application, by: Actor, version: str, template: AppTemplate | NewTemplate | None
) -> TemplateVersion:
    """Published, synchronized in this process, and released. Raises Failed where a component is not in order."""
    decisions = {"DB_PASSWORD": Decision.GENERATED, "WEB_PORT": Decision.ASKED}
    known = source.desired_spec().parameters
    choices = Choices(decisions={name: decision for name, decision in decisions.items() if name in known})
    template = template or NewTemplate("Shop")
    record = publish(source, by, template=template, version=version, choices=choices, queue=False)
    draft = record.version
    if draft is None or not synchronize(draft):
        raise Failed(f"{record} could not be synchronized.")
    return confirm_release(record, by)


def install(version: TemplateVersion, by: Actor, target: Target, name: str, values: Mapping[str, str]) -> UpgradeRecord:
    answers = Answers(values=values)
    return carry_out(plan_install(version, by, team=target.team, name=name, target=target, answers=answers), by)


def edit(application: Application, by: Actor, key: str, **env: str) -> None:
    """Sets variables of a component and applies that, as an operator does by hand."""
    row = application.components.get(key=key)
    component = application.desired_spec().components[key]
    changed = component.model_copy(update={"env": {**component.env, **env}})
    save_component(application, by, key=key, component=changed, revision=row.revision)
    carry_out(store(proposal(application, Kind.CHANGE, None), by), by)


def change_source(source: Application, by: Actor, spec: AppSpec) -> None:
    """Makes the source say what `spec` says, a component at a time; new ones first, since others may need them."""
    now = source.desired_spec().components
    for key, component in sorted(spec.components.items(), key=lambda item: (item[0] in now, item[0])):
        if now.get(key) != component:
            save_component(source, by, key=key, component=component, revision=_revision(source, key))


def proposal(
    application: Application, kind: Kind, to: TemplateVersion | None, answers: Answers | None = None
) -> Proposal:
    return propose(fresh(application), kind, to, answers or Answers())


def carry_out(record: UpgradeRecord, by: Actor) -> UpgradeRecord:
    """Confirmed and run in this process. Raises Failed with the record's own words."""
    confirm(record, by, digest=record.digest)
    finished = run(record.pk)
    if not finished.succeeded:
        raise Failed(f"{finished}: {finished.result}")
    return finished


def fresh(application: Application) -> Application:
    return Application.objects.with_installation().get(pk=application.pk)


def _revision(source: Application, key: str) -> int | None:
    row = source.components.filter(key=key).first()
    return None if row is None else row.revision


def headline(comparison: Comparison) -> str:
    """Components that come and go, then each variable that differs."""
    complete = [item for item in comparison.components if item.before is None or item.after is None]
    fields = [(item, change) for item in comparison.components if item not in complete for change in item.changes]
    changed = [_field(item, change) for item, change in fields if change.path[2] == "env"]
    return "   ".join([*_whole(complete), *sorted(changed, key=lambda line: "+~−".index(line[0]))])


def _whole(components: list[ComponentChange]) -> Iterator[str]:
    for change in components:
        yield f"{change.symbol} {change.key}"


def _field(component: ComponentChange, change: FieldChange) -> str:
    place = f"{change.symbol} {component.key} {change.path[-1]}"
    if change.symbol is Symbol.CHANGED:
        return f"{place} {shown(change.before)} → {shown(change.after)}"
    return f"{place} {shown(change.after)}" if change.symbol is Symbol.ADDED else place
