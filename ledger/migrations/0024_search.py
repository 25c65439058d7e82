from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0023_reversed_in_part"),
    ]

    operations = []
