from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_audit_entries_name_the_application"),
    ]

    operations = [
        migrations.RenameModel(old_name="KeyCheck", new_name="KeyVerification"),
    ]
