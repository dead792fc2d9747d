"""The migration to standard names, forward and back, on stored rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import IntegrityError

OLD = "0006_kinds_read_as_everywhere"
NEW = "0007_standard_names"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old_apps() -> Iterator[Apps]:
    yield migrate(OLD)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE upgrades_app_upgraderecord CASCADE")
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def migrate(name: str) -> Apps:
    executor = MigrationExecutor(connection)
    executor.migrate([("upgrades_app", name)])
    return MigrationExecutor(connection).loader.project_state([("upgrades_app", name)]).apps


def create_rows(apps: Apps) -> int:
    record_model = apps.get_model("upgrades_app", "UpgradeRecord")
    team = apps.get_model("accounts", "Team").objects.create(name="Shop", slug="migrated-shop")
    drift = {
        "kind": "drift",
        "id": "db",
        "sentence": "db drifted",
        "choices": [{"value": "put_back", "label": "put it back"}, {"value": "keep", "label": "leave it"}],
        "default": "keep",
        "answer": "put_back",
    }
    row = {"path": ["components", "db", "image"], "label": "image", "symbol": "=", "pending_again": True}
    plan = {
        "kind": "upgrade",
        "application": "shop",
        "frame": [],
        "arrivals": {"db": "behind"},
        "runs": False,
        "moves": True,
        "components": [{"key": "db", "symbol": "=", "fields": [row]}],
        "parameters": [row],
        "questions": [drift],
    }
    common = {"team": team, "application_label": "shop", "kind": "upgrade", "plan": plan}
    common |= {"digest": "d", "fingerprint": "f", "created_by_label": "ada"}
    ended = record_model.objects.create(
        **common, status="rolled_back", choices={"drift": {"db": "put_back", "web": "keep"}}
    )
    superseded = {"status": "overtaken", "overtaken_by": ended}
    record_model.objects.create(**common, **superseded)
    step_model, event_model = (apps.get_model("upgrades_app", name) for name in ("UpgradeStep", "UpgradeEvent"))
    for position, status in enumerate(("undoing", "undone", "undo_failed", "done")):
        step = step_model.objects.create(record=ended, position=position, action="recreate", status=status)
        event_model.objects.create(record=ended, step=step, kind=status, text="text")
    event_model.objects.create(record=ended, kind="objected", text="text")
    return int(ended.pk)


def list_values(apps: Apps, model: str, field: str) -> list[object]:
    return list(apps.get_model("upgrades_app", model).objects.order_by("pk").values_list(field, flat=True))


def test_rows_are_converted_forward_and_back(old_apps: Apps) -> None:
    pk = create_rows(old_apps)
    before = old_apps.get_model("upgrades_app", "UpgradeRecord").objects.get(pk=pk)
    plan, choices = before.plan, before.choices

    apps = migrate(NEW)
    record = apps.get_model("upgrades_app", "UpgradeRecord").objects.get(pk=pk)
    assert list_values(apps, "UpgradeRecord", "status") == ["rolled_back", "superseded"]
    assert list_values(apps, "UpgradeRecord", "superseded_by_id") == [None, pk]
    assert list_values(apps, "UpgradeStep", "status") == ["rolling_back", "rolled_back", "rollback_failed", "done"]
    kinds = ["step_rolling_back", "step_rolled_back", "step_rollback_failed", "done", "check_failed"]
    assert list_values(apps, "UpgradeEvent", "kind") == kinds
    assert record.choices == {"drift": {"db": "revert", "web": "ignore"}}
    assert record.plan["outcomes"] == {"db": "behind"}
    assert (record.plan["starts_containers"], record.plan["has_effect"], record.plan["definitions"]) == (
        False,
        True,
        [],
    )
    assert record.plan["components"][0]["fields"][0]["becomes_pending"] is True
    assert record.plan["questions"][0]["answer"] == "revert"

    apps = migrate(OLD)
    record = apps.get_model("upgrades_app", "UpgradeRecord").objects.get(pk=pk)
    assert (record.plan, record.choices) == (plan, choices)
    assert list_values(apps, "UpgradeRecord", "status") == ["rolled_back", "overtaken"]
    assert list_values(apps, "UpgradeRecord", "overtaken_by_id") == [None, pk]
    assert list_values(apps, "UpgradeStep", "status") == ["undoing", "undone", "undo_failed", "done"]
    assert list_values(apps, "UpgradeEvent", "kind") == ["undoing", "undone", "undo_failed", "done", "objected"]


@pytest.mark.parametrize("name", [OLD, NEW])
def test_finished_records_and_events_stay_protected(old_apps: Apps, name: str) -> None:
    pk = create_rows(old_apps)
    apps = migrate(NEW)
    if name == OLD:
        apps = migrate(OLD)
    with pytest.raises(IntegrityError):
        apps.get_model("upgrades_app", "UpgradeRecord").objects.filter(pk=pk).update(result="changed")
    with pytest.raises(IntegrityError):
        apps.get_model("upgrades_app", "UpgradeEvent").objects.filter(record=pk).update(text="changed")
