from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0013_entries_in_groups"),
    ]
    operations = []
