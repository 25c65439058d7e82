from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0022_publication_is_signed"),
    ]

    operations = []
