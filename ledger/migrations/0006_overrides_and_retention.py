from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_closing_months")]
    operations: list[migrations.operations.base.Operation] = []
