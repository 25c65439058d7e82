from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("bids", "0006_judged_together"),
    ]

    operations = []
