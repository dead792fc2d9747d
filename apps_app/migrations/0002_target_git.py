from django.db import migrations


def add_target_git(apps, schema_editor):
    team = apps.get_model("accounts", "Team").objects.get(slug="default")
    config = {"path": "git", "branch": "main"}
    apps.get_model("apps_app", "Target").objects.get_or_create(
        team=team, slug="git", defaults={"kind": "git", "config": config}
    )


def remove_target_git(apps, schema_editor):
    unused = apps.get_model("apps_app", "Target").objects.filter(team__slug="default", slug="git", applications=None)
    unused.delete()


class Migration(migrations.Migration):
    dependencies = [("apps_app", "0001_applications"), ("accounts", "0003_team_default")]
    operations = [migrations.RunPython(add_target_git, remove_target_git)]
