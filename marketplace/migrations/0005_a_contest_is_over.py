"""From the moment of a decision on, nobody judges the bids of a job."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0004_tokens_and_answers")]

    operations = [
        migrations.AddField(
            model_name="job",
            name="decided_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                name="a_job_is_opened_before_it_is_decided",
                condition=Q(decided_at=None) | Q(opened_at__isnull=False),
            ),
        ),
    ]
