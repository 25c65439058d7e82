from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0021_payments_at_once"),
    ]

    operations = []
