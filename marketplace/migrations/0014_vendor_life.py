from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("marketplace", "0013_templates_and_job_files"),
    ]

    operations = []
