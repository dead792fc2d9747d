"""The migration to standard names, forward and back, on stored rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

OLD = "0009_targets_know_whom_they_lead_to"
NEW = "0010_standard_names"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old_apps() -> Iterator[Apps]:
    yield migrate(OLD)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def migrate(name: str) -> Apps:
    executor = MigrationExecutor(connection)
    executor.migrate([("apps_app", name)])
    return MigrationExecutor(connection).loader.project_state([("apps_app", name)]).apps


def get_model(apps: Apps, name: str, label: str = "apps_app") -> Any:
    return apps.get_model(label, name)


def test_rows_are_converted_forward_and_back(old_apps: Apps) -> None:
    team = get_model(old_apps, "Team", "accounts").objects.create(name="Shop", slug="migrated-shop")
    application = get_model(old_apps, "Application").objects.create(
        team=team, name="Shop", slug="shop", frame_desired={"volumes": {"data": {}}}, frame_applied={"networks": {}}
    )
    lock = {"record_id": 7, "label": "Upgrade", "url": "/", "by": "ada"}
    get_model(old_apps, "Busy").objects.create(application=application, **lock)
    get_model(old_apps, "Value").objects.create(application=application, name="WORKERS")
    get_model(old_apps, "ReleaseRecord").objects.create(
        team=team,
        application=application,
        application_label="Shop",
        template_label="Shop",
        version_label="1.0",
        by_label="ada",
        source_mark="5d41402abc4b2a76b9719d911017c592",
    )

    apps = migrate(NEW)
    migrated = get_model(apps, "Application").objects.get(pk=application.pk)
    assert (migrated.definitions_desired, migrated.definitions_applied) == ({"volumes": {"data": {}}}, {"networks": {}})
    assert get_model(apps, "ApplicationLock").objects.filter(application=migrated, **lock).exists()
    assert not get_model(apps, "Value").objects.get().is_pending
    assert get_model(apps, "ReleaseRecord").objects.get().source_digest.startswith("5d41402a")
    assert not get_model(apps, "ComponentOrigin").objects.exists()

    apps = migrate(OLD)
    restored = get_model(apps, "Application").objects.get(pk=application.pk)
    assert (restored.frame_desired, restored.frame_applied) == ({"volumes": {"data": {}}}, {"networks": {}})
    assert get_model(apps, "Busy").objects.filter(application=restored, **lock).exists()
    assert not get_model(apps, "Value").objects.get().waits
    assert get_model(apps, "ReleaseRecord").objects.get().source_mark.startswith("5d41402a")
    assert not get_model(apps, "Origin").objects.exists()
