import django.contrib.postgres.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bids', '0006_judged_together'),
        ('marketplace', '0019_drafts_can_be_had_back'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='biddraft',
            name='one_draft_per_job_and_provider',
        ),
        migrations.AddField(
            model_name='biddraft',
            name='discarded_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='biddraft',
            name='files',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
        ),
        migrations.AddConstraint(
            model_name='biddraft',
            constraint=models.UniqueConstraint(condition=models.Q(('discarded_at', None)), fields=('job', 'provider'), name='one_draft_per_job_and_provider'),
        ),
        migrations.AddConstraint(
            model_name='biddraft',
            constraint=models.UniqueConstraint(condition=models.Q(('discarded_at__isnull', False)), fields=('job', 'provider'), name='one_discarded_draft_per_job_and_provider'),
        ),
    ]
