from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("marketplace", "0012_webhooks_and_limits"),
    ]

    operations = []
