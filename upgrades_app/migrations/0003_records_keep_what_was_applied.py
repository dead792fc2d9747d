from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("upgrades_app", "0002_ended_records_are_frozen")]
    operations = [
        migrations.AddField(
            model_name="upgraderecord",
            name="applied_before",
            field=models.JSONField(blank=True, help_text="The applied document before; empty: the same.", null=True),
        ),
        migrations.AddField(
            model_name="upgraderecord",
            name="applied_after",
            field=models.JSONField(blank=True, help_text="The applied document after; empty: the same.", null=True),
        ),
    ]
