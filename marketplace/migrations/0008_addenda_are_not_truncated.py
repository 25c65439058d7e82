from django.db import migrations

from marketplace import sql


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0007_sealed_log")]
    operations = [sql.run("0008_addenda_are_not_truncated")]
