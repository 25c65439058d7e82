from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0016_batches_out_and_charges_in"),
    ]
    operations = []
