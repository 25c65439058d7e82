from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("marketplace", "0012_templates_and_approvals"),
    ]
    operations = []
