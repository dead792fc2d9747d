from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add_team(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("accounts", "Team").objects.get_or_create(slug="default", defaults={"name": "Default"})


def remove_team(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("accounts", "Team").objects.filter(slug="default").delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_entries_are_append_only")]
    operations = [migrations.RunPython(add_team, remove_team)]
