from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("bids", "0005_files_under_seal"),
    ]
    operations = []
