from django.db import migrations

from ledger import sql


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0020_repayments"),
    ]

    operations = [
        sql.run("0021_payments_at_once"),
    ]
