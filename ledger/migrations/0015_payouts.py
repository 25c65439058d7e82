from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0014_standstill_and_objection"),
    ]
    operations = []
