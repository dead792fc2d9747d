"""What pages say of a record and its plan, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from templates_app.appspec.presentation.path_labels import said
from upgrades_app.engine.planning.plan import Action, Plan, Step
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status


@dataclass(frozen=True, slots=True)
class Verb:
    """The words of one kind: on the button, at work, and on the button when all is done."""

    button: str
    at_work: str
    complete: str


VERBS = {
    "install": Verb("Install", "Installing", "Install complete"),
    "upgrade": Verb("Upgrade", "Upgrading", "Upgrade complete"),
    "rollback": Verb("Go back", "Going back", "Go-back complete"),
    "change": Verb("Apply changes", "Applying changes", "Changes applied"),
    "uninstall": Verb("Uninstall", "Uninstalling", "Uninstall complete"),
}


def question(record: UpgradeRecord) -> str:
    """ "Upgrade shop-copy to 1.1?" """
    name = record.application_label
    match record.kind:
        case "install":
            return f"Install {record.template_label} {record.to_label} as {name}?"
        case "upgrade":
            return f"Upgrade {name} to {record.to_label}?"
        case "rollback":
            return f"Take {name} back to {record.to_label}?"
        case "change":
            return f"Apply the changes of {name}?"
    return f"Uninstall {name}?"


def at_work(record: UpgradeRecord) -> str:
    """ "Upgrading to 1.1" """
    verb = VERBS[record.kind].at_work
    return f"{verb} to {record.to_label}" if record.kind in {"upgrade", "rollback"} else verb


def plan_again_url(record: UpgradeRecord) -> str:
    """The details page this plan came from."""
    if record.application is None:
        return reverse("upgrades:list")
    slug, to = record.application.slug, urlencode({"to": record.to_label})
    match record.kind:
        case "upgrade":
            return f"{reverse('upgrades:details', args=[slug])}?{to}"
        case "rollback":
            return f"{reverse('upgrades:rollback', args=[slug])}?{to}"
        case "change":
            return reverse("upgrades:changes", args=[slug])
        case "uninstall":
            return reverse("upgrades:uninstall", args=[slug])
        case "install" if record.to_version is not None:
            url = reverse("upgrades:install", args=[record.to_version.template.slug])
            query = {"version": record.to_label}
            if record.status == Status.PLANNED or record.application.waits_for_install:
                query["plan"] = str(record.pk)
            return f"{url}?{urlencode(query)}"
    return record.get_absolute_url()


@dataclass(frozen=True, slots=True)
class MovedLine:
    """One component whose part of the plan is another one now."""

    key: str
    before: str
    after: str


def moved_lines(before: Plan, after: Plan) -> list[MovedLine]:
    """How a plan changed, step by step and question by question; empty where only what lies beneath it moved."""
    old, new = _by_key(before), _by_key(after)
    keys = [*old, *(key for key in new if key not in old)]
    lines = [MovedLine(key, old.get(key, ""), new.get(key, "")) for key in keys if old.get(key) != new.get(key)]
    lines += [MovedLine("question", "", open_question.sentence) for open_question in after.open_questions]
    lines += [MovedLine("blocked", "", said(blocker.fault)) for blocker in after.blockers]
    return lines


def _by_key(plan: Plan) -> dict[str, str]:
    return {_name(step): step.sentence for step in plan.steps if step.action is not Action.FINISH}


def _name(step: Step) -> str:
    return f"volume {step.key}" if step.action is Action.REMOVE_VOLUME else step.key
