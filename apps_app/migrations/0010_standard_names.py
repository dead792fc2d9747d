"""Rename models and columns to the standard terms; every operation is reversible."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("apps_app", "0009_targets_know_whom_they_lead_to")]

    operations = [
        migrations.RenameModel("Busy", "ApplicationLock"),
        migrations.AlterModelOptions("applicationlock", options={"verbose_name": "application lock"}),
        migrations.AlterField(
            model_name="applicationlock",
            name="application",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                related_name="lock",
                serialize=False,
                to="apps_app.application",
            ),
        ),
        migrations.RenameModel("Origin", "ComponentOrigin"),
        migrations.RenameField("application", "frame_desired", "definitions_desired"),
        migrations.RenameField("application", "frame_applied", "definitions_applied"),
        migrations.RenameField("releaserecord", "source_mark", "source_digest"),
        migrations.RenameField("value", "waits", "is_pending"),
    ]
