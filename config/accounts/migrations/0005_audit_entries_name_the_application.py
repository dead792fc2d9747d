from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_sign_in_attempts")]

    operations = [
        migrations.AddField(
            "auditentry",
            "application",
            models.CharField(
                max_length=40,
                blank=True,
                help_text="Slug of the application concerned.",
            ),
        ),
        migrations.AddIndex("auditentry", models.Index(fields=["application", "-at"], name="audit_application")),
    ]
