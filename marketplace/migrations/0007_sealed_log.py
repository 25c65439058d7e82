from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0006_what_is_published_stays")]
    operations: list[migrations.operations.base.Operation] = []
