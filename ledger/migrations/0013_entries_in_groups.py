from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0012_redactions_are_recorded"),
    ]
    operations = []
