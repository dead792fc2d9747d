from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("apps_app", "0007_targets_without_a_number_that_nothing_read"),
    ]

    operations = [
        migrations.AddField(
            model_name="releaserecord",
            name="source_mark",
            field=models.CharField(blank=True, editable=False, max_length=32),
        ),
    ]
