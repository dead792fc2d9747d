from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("upgrades_app", "0003_records_keep_what_was_applied")]
    operations = [
        migrations.AlterField(
            model_name="upgraderecord",
            name="choices",
            field=models.JSONField(
                blank=True, default=dict, help_text="The operator's answers, with the values that are no secrets."
            ),
        ),
    ]
