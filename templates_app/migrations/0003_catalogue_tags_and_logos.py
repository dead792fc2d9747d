import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("templates_app", "0002_released_versions_are_frozen"),
    ]

    operations = [
        migrations.CreateModel(
            name="TemplateLogo",
            fields=[
                (
                    "template",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="logo",
                        serialize=False,
                        to="templates_app.apptemplate",
                    ),
                ),
                ("image", models.BinaryField(help_text="PNG created from the upload.")),
            ],
        ),
        migrations.AddField(
            model_name="apptemplate",
            name="logo_digest",
            field=models.CharField(blank=True, editable=False, max_length=16),
        ),
        migrations.AddField(
            model_name="apptemplate",
            name="tags",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30), blank=True, default=list
            ),
        ),
    ]
