"""Whether a value is another one than was applied, beside the two sealed texts that no database can compare."""

from typing import Any

from django.db import migrations

import apps_app.models.value


def tell(apps: Any, schema_editor: Any) -> None:
    values = apps.get_model("apps_app", "Value").objects
    values.filter(pk__in=[row.pk for row in values.iterator() if row.desired != row.applied]).update(waits=True)


class Migration(migrations.Migration):
    dependencies = [
        ("apps_app", "0005_work_without_a_record"),
    ]

    operations = [
        migrations.AddField(
            model_name="value",
            name="waits",
            field=apps_app.models.value.PendingField(default=False, editable=False),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
