import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("upgrades_app", "0004_choices_hold_values")]
    operations = [
        migrations.RemoveConstraint(model_name="upgraderecord", name="one_open_record"),
        migrations.AlterField(
            model_name="upgraderecord",
            name="status",
            field=models.CharField(
                choices=[
                    ("planned", "Planned"),
                    ("discarded", "Discarded"),
                    ("overtaken", "Overtaken"),
                    ("queued", "Queued"),
                    ("running", "Running"),
                    ("rolling_back", "Rolling back"),
                    ("succeeded", "Succeeded"),
                    ("partially_upgraded", "Partly done"),
                    ("failed", "Failed"),
                    ("aborted", "Aborted"),
                    ("rolled_back", "Failed, restored"),
                    ("rollback_failed", "Failed, not restored"),
                ],
                default="planned",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="upgraderecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("queued", "running", "rolling_back"))),
                fields=("application",),
                name="one_open_record",
                violation_error_message="Another upgrade of this application is at work.",
            ),
        ),
        migrations.RenameField(model_name="upgraderecord", old_name="parent", new_name="overtaken_by"),
        migrations.AlterField(
            model_name="upgraderecord",
            name="overtaken_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="overtook",
                to="upgrades_app.upgraderecord",
            ),
        ),
    ]
