from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("marketplace", "0014_vendor_life"),
    ]

    operations = []
