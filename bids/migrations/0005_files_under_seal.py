from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("bids", "0004_secret_until_opened"),
    ]
    operations = []
