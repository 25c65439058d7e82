import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("marketplace", "0016_past_ratings"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce("published_at", "drafted_at").desc(),
                models.F("id").desc(),
                name="jobs_newest_first",
            ),
        ),
    ]
