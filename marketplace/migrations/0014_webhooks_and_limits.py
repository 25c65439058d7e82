from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("marketplace", "0013_vendor_life"),
    ]
    operations = []
