from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("apps_app", "0006_values_tell_whether_they_wait")]
    operations = [migrations.RemoveField("target", "parallel")]
