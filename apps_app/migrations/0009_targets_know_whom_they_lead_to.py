from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("apps_app", "0008_release_records_mark_their_source"),
    ]

    operations = [
        migrations.AddField(
            model_name="target",
            name="identity",
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
    ]
