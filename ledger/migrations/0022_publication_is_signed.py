import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from ledger import sql


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0021_payments_at_once'),
        ('marketplace', '0013_templates_and_job_files'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Hearing',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reasons', models.PositiveSmallIntegerField(null=True)),
                ('fairness', models.PositiveSmallIntegerField(null=True)),
                ('effort', models.PositiveSmallIntegerField(null=True)),
                ('heard_at', models.DateTimeField()),
                ('heard_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hearings', to='marketplace.job')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hearings', to='marketplace.provider')),
                ('words', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
            ],
        ),
        migrations.CreateModel(
            name='PublicationWanted',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('draft_digest', models.BinaryField(max_length=32)),
                ('estimate_minor', models.BigIntegerField(null=True)),
                ('wanted_at', models.DateTimeField()),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications_wanted', to='marketplace.job')),
                ('wanted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'publications wanted',
            },
        ),
        migrations.CreateModel(
            name='PublicationAnswer',
            fields=[
                ('wanted', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='answer', serialize=False, to='ledger.publicationwanted')),
                ('answered_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PublishingLimit',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('job_minor', models.BigIntegerField(null=True)),
                ('year_minor', models.BigIntegerField(null=True)),
                ('stated_at', models.DateTimeField()),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publishing_limits', to='marketplace.department')),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
                ('stated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='HearingReply',
            fields=[
                ('hearing', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='reply', serialize=False, to='ledger.hearing')),
                ('replied_at', models.DateTimeField()),
                ('replied_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('words', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
            ],
        ),
        migrations.AddConstraint(
            model_name='hearing',
            constraint=models.UniqueConstraint(fields=('job', 'provider'), name='a_bidder_is_heard_once_per_job'),
        ),
        migrations.AddConstraint(
            model_name='hearing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reasons', None), ('reasons__range', (1, 5)), _connector='OR'), models.Q(('fairness', None), ('fairness__range', (1, 5)), _connector='OR'), models.Q(('effort', None), ('effort__range', (1, 5)), _connector='OR')), name='an_answer_of_a_hearing_is_1_to_5'),
        ),
        migrations.AddField(
            model_name='publicationanswer',
            name='answered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='publicationanswer',
            name='reason',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words'),
        ),
        migrations.AddConstraint(
            model_name='publishinglimit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('job_minor', None), ('job_minor__gte', 0), _connector='OR'), models.Q(('year_minor', None), ('year_minor__gte', 0), _connector='OR')), name='a_publishing_limit_is_not_negative'),
        ),
        sql.run("0022_publication_is_signed"),
    ]
