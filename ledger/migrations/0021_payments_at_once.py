from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0020_repayments"),
    ]

    operations = []
