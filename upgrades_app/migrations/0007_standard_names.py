"""Rename columns, statuses and JSON keys to standard names, in both directions.

Finished records and events are protected by triggers, which are replaced here: the old function names a column that no
longer exists.
"""

from collections.abc import Mapping
from typing import Any

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FINISHED = "'succeeded', 'partially_upgraded', 'failed', 'aborted', 'rolled_back', 'rollback_failed'"
RESEALED = "'values_before', 'values_after'"

DROP_TRIGGERS = """
DROP TRIGGER upgrades_app_event_append_only ON upgrades_app_upgradeevent;
DROP TRIGGER upgrades_app_record_frozen ON upgrades_app_upgraderecord;
"""
EVENT_TRIGGER = """
CREATE TRIGGER upgrades_app_event_append_only BEFORE UPDATE ON upgrades_app_upgradeevent
FOR EACH ROW EXECUTE FUNCTION upgrades_app_event_refuse();
"""


def protect_records(links: str, message: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION upgrades_app_record_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status IN ({FINISHED}) AND (
        to_jsonb(NEW) - ARRAY[{links}, {RESEALED}] IS DISTINCT FROM to_jsonb(OLD) - ARRAY[{links}, {RESEALED}]
    ) THEN
        RAISE EXCEPTION '{message}', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER upgrades_app_record_frozen BEFORE UPDATE ON upgrades_app_upgraderecord
FOR EACH ROW EXECUTE FUNCTION upgrades_app_record_refuse();
{EVENT_TRIGGER}"""


VERSION_LINKS = "'application_id', 'from_version_id', 'to_version_id', 'created_by_id'"
NEW_TRIGGERS = protect_records(f"{VERSION_LINKS}, 'superseded_by_id'", "record % has finished and cannot be changed")
OLD_TRIGGERS = protect_records(f"{VERSION_LINKS}, 'parent_id'", "record % has ended and cannot be altered")

RECORD_STATUSES = {"overtaken": "superseded"}
STEP_STATUSES = {"undoing": "rolling_back", "undone": "rolled_back", "undo_failed": "rollback_failed"}
EVENT_KINDS = {
    "undoing": "step_rolling_back",
    "undone": "step_rolled_back",
    "undo_failed": "step_rollback_failed",
    "objected": "check_failed",
}
DRIFT_ANSWERS = {"put_back": "revert", "keep": "ignore"}
PLAN_KEYS = {
    "frame": "definitions",
    "arrivals": "outcomes",
    "runs": "starts_containers",
    "moves": "has_effect",
}
ROW_KEYS = {"pending_again": "becomes_pending"}


def invert(names: Mapping[str, str]) -> dict[str, str]:
    return {new: old for old, new in names.items()}


def rename_keys(document: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in document.items()}


def convert_rows(rows: list[dict[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [rename_keys(row, names) for row in rows]


def convert_question(question: dict[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    if question.get("kind") != "drift":
        return question
    choices = [{**choice, "value": answers.get(choice["value"], choice["value"])} for choice in question["choices"]]
    chosen = {
        key: answers.get(question.get(key), question.get(key)) for key in ("default", "answer") if key in question
    }
    return {**question, "choices": choices, **chosen}


def convert_plan(
    plan: dict[str, Any], plan_keys: Mapping[str, str], row_keys: Mapping[str, str], answers: Mapping[str, str]
) -> dict[str, Any]:
    converted = rename_keys(plan, plan_keys)
    for key in ("parameters", "frame", "definitions"):
        if key in converted:
            converted[key] = convert_rows(converted[key], row_keys)
    if "components" in converted:
        converted["components"] = [
            {**row, "fields": convert_rows(row.get("fields", []), row_keys)} for row in converted["components"]
        ]
    if "questions" in converted:
        converted["questions"] = [convert_question(question, answers) for question in converted["questions"]]
    return converted


def convert_choices(choices: dict[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    if not choices.get("drift"):
        return choices
    return {**choices, "drift": {key: answers.get(answer, answer) for key, answer in choices["drift"].items()}}


def convert_records(
    apps: Apps, plan_keys: Mapping[str, str], row_keys: Mapping[str, str], answers: Mapping[str, str]
) -> None:
    records = apps.get_model("upgrades_app", "UpgradeRecord").objects
    for pk, plan, choices in records.order_by("pk").values_list("pk", "plan", "choices").iterator(chunk_size=200):
        converted = convert_plan(plan, plan_keys, row_keys, answers), convert_choices(choices, answers)
        if converted != (plan, choices):
            records.filter(pk=pk).update(plan=converted[0], choices=converted[1])


def replace_values(apps: Apps, model: str, field: str, names: Mapping[str, str]) -> None:
    for old, new in names.items():
        apps.get_model("upgrades_app", model).objects.filter(**{field: old}).update(**{field: new})


def check_constraints(editor: BaseDatabaseSchemaEditor) -> None:
    """Run the deferred foreign key checks now: a table with pending ones cannot be altered."""
    editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    editor.execute("SET CONSTRAINTS ALL DEFERRED")


def convert_forward(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    replace_values(apps, "UpgradeRecord", "status", RECORD_STATUSES)
    replace_values(apps, "UpgradeStep", "status", STEP_STATUSES)
    replace_values(apps, "UpgradeEvent", "kind", EVENT_KINDS)
    convert_records(apps, PLAN_KEYS, ROW_KEYS, DRIFT_ANSWERS)
    check_constraints(editor)


def convert_backward(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    replace_values(apps, "UpgradeRecord", "status", invert(RECORD_STATUSES))
    replace_values(apps, "UpgradeStep", "status", invert(STEP_STATUSES))
    replace_values(apps, "UpgradeEvent", "kind", invert(EVENT_KINDS))
    convert_records(apps, invert(PLAN_KEYS), invert(ROW_KEYS), invert(DRIFT_ANSWERS))
    check_constraints(editor)


class Migration(migrations.Migration):
    dependencies = [("upgrades_app", "0006_kinds_read_as_everywhere")]

    operations = [
        migrations.RunSQL(DROP_TRIGGERS, OLD_TRIGGERS),
        migrations.RenameField("upgraderecord", "overtaken_by", "superseded_by"),
        migrations.AlterField(
            "upgraderecord",
            "superseded_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="superseded_plans",
                to="upgrades_app.upgraderecord",
            ),
        ),
        migrations.AlterField(
            "upgraderecord",
            "status",
            models.CharField(
                choices=[
                    ("planned", "Planned"),
                    ("discarded", "Discarded"),
                    ("superseded", "Superseded"),
                    ("queued", "Queued"),
                    ("running", "Running"),
                    ("rolling_back", "Rolling back"),
                    ("succeeded", "Succeeded"),
                    ("partially_upgraded", "Partially completed"),
                    ("failed", "Failed"),
                    ("aborted", "Aborted"),
                    ("rolled_back", "Rolled back"),
                    ("rollback_failed", "Rollback failed"),
                ],
                default="planned",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            "upgraderecord",
            "policy",
            models.CharField(
                choices=[
                    ("roll_back", "Roll back all changes"),
                    ("continue", "Continue with the remaining steps"),
                ],
                default="roll_back",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "upgradestep",
            "status",
            models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("running", "Running"),
                    ("done", "Done"),
                    ("failed", "Failed"),
                    ("skipped", "Skipped"),
                    ("rolling_back", "Rolling back"),
                    ("rolled_back", "Rolled back"),
                    ("rollback_failed", "Rollback failed"),
                ],
                default="waiting",
                max_length=20,
            ),
        ),
        migrations.RemoveConstraint("upgraderecord", "one_open_record"),
        migrations.AlterField(
            "upgraderecord",
            "kind",
            models.CharField(
                choices=[
                    ("install", "Install"),
                    ("upgrade", "Upgrade"),
                    ("rollback", "Rollback"),
                    ("change", "Change"),
                    ("uninstall", "Uninstall"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "upgraderecord",
            "choices",
            models.JSONField(blank=True, default=dict, help_text="Answers of the operator, without secret values."),
        ),
        migrations.AlterField(
            "upgraderecord", "before", models.JSONField(default=dict, help_text="Desired document before.")
        ),
        migrations.AlterField(
            "upgraderecord", "after", models.JSONField(default=dict, help_text="Desired document after.")
        ),
        migrations.AlterField(
            "upgraderecord",
            "applied_before",
            models.JSONField(blank=True, help_text="Applied document before. Empty: same as desired.", null=True),
        ),
        migrations.AlterField(
            "upgraderecord",
            "applied_after",
            models.JSONField(blank=True, help_text="Applied document after. Empty: same as desired.", null=True),
        ),
        migrations.AlterField(
            "upgraderecord",
            "origins_before",
            models.JSONField(default=dict, help_text="Version and state of each component before."),
        ),
        migrations.AlterField(
            "upgraderecord",
            "origins_after",
            models.JSONField(default=dict, help_text="Version and state of each component after success."),
        ),
        migrations.AddConstraint(
            "upgraderecord",
            models.UniqueConstraint(
                condition=models.Q(("status__in", ("queued", "running", "rolling_back"))),
                fields=("application",),
                name="one_open_record_per_application",
                violation_error_message="Another operation of this application is in progress.",
            ),
        ),
        migrations.RunPython(convert_forward, convert_backward),
        migrations.RunSQL(NEW_TRIGGERS, DROP_TRIGGERS),
    ]
