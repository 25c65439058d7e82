from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_overrides_and_retention")]
    operations: list[migrations.operations.base.Operation] = []
