"""What pages say of a record and its plan, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from templates_app.appspec.presentation.path_labels import describe_fault
from upgrades_app.engine.planning.plan import Plan, StepAction
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status
from upgrades_app.presenters.messages import build_fault, describe_question, describe_step, get_step_name


@dataclass(frozen=True, slots=True)
class OperationLabels:
    """The words of one kind: on the button, at work, and on the button when all is done."""

    button: str
    at_work: str
    complete: str


VERBS = {
    "install": OperationLabels("Install", "Installing", "Install complete"),
    "upgrade": OperationLabels("Upgrade", "Upgrading", "Upgrade complete"),
    "rollback": OperationLabels("Roll back", "Rolling back", "Rollback complete"),
    "change": OperationLabels("Apply changes", "Applying changes", "Changes applied"),
    "uninstall": OperationLabels("Uninstall", "Uninstalling", "Uninstall complete"),
}


def build_confirm_question(record: UpgradeRecord) -> str:
    """ "Upgrade shop-copy to 1.1?" """
    name = record.application_label
    match record.kind:
        case "install":
            return f"Install {record.template_label} {record.to_label} as {name}?"
        case "upgrade":
            return f"Upgrade {name} to {record.to_label}?"
        case "rollback":
            return f"Roll back {name} to {record.to_label}?"
        case "change":
            return f"Apply the changes of {name}?"
    return f"Uninstall {name}?"


def describe_running(record: UpgradeRecord) -> str:
    """ "Upgrading to 1.1" """
    verb = VERBS[record.kind].at_work
    return f"{verb} to {record.to_label}" if record.kind in {"upgrade", "rollback"} else verb


def get_plan_again_url(record: UpgradeRecord) -> str:
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
            if record.status == Status.PLANNED or record.application.is_install_pending:
                query["plan"] = str(record.pk)
            return f"{url}?{urlencode(query)}"
    return record.get_absolute_url()


@dataclass(frozen=True, slots=True)
class FingerprintChange:
    """One component whose part of the plan is another one now."""

    key: str
    before: str
    after: str


def list_fingerprint_changes(before: Plan, after: Plan) -> list[FingerprintChange]:
    """How a plan changed, step by step and question by question; empty where only what lies beneath it moved."""
    old, new = _index_by_key(before), _index_by_key(after)
    keys = [*old, *(key for key in new if key not in old)]
    lines = [FingerprintChange(key, old.get(key, ""), new.get(key, "")) for key in keys if old.get(key) != new.get(key)]
    lines += [
        FingerprintChange("question", "", describe_question(open_question)) for open_question in after.open_questions
    ]
    lines += [FingerprintChange("blocked", "", describe_fault(build_fault(blocker))) for blocker in after.blockers]
    return lines


def _index_by_key(plan: Plan) -> dict[str, str]:
    return {get_step_name(step): describe_step(step) for step in plan.steps if step.action is not StepAction.FINISH}
