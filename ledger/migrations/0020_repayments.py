from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0019_controls_that_exist"),
    ]

    operations = []
