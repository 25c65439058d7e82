import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from ledger import sql


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0015_payouts'),
        ('marketplace', '0012_webhooks_and_limits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('media_type', models.CharField(max_length=100)),
                ('size', models.BigIntegerField()),
                ('digest', models.BinaryField(max_length=32)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='FilePiece',
            fields=[
                ('pk', models.CompositePrimaryKey('file_id', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('content', models.BinaryField()),
                ('file', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='pieces', to='ledger.keptfile')),
            ],
        ),
        migrations.CreateModel(
            name='LedgerBatch',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('made_at', models.DateTimeField()),
                ('until_period', models.IntegerField()),
                ('entries', models.PositiveIntegerField()),
                ('lines', models.PositiveIntegerField()),
                ('fbdi', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.keptfile')),
                ('generic', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.keptfile')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'ledger batches',
            },
        ),
        migrations.CreateModel(
            name='BatchedEntry',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='batched', serialize=False, to='ledger.journalentry')),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='batched', to='ledger.ledgerbatch')),
            ],
            options={
                'verbose_name_plural': 'batched entries',
            },
        ),
        migrations.CreateModel(
            name='ReportRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('report', models.CharField(max_length=40)),
                ('format', models.CharField(max_length=10)),
                ('question', models.JSONField()),
                ('wanted_at', models.DateTimeField()),
                ('begun_at', models.DateTimeField(null=True)),
                ('rows_done', models.BigIntegerField(default=0)),
                ('done_at', models.DateTimeField(null=True)),
                ('checkpoint', models.BigIntegerField(null=True)),
                ('problem', models.CharField(default='', max_length=300)),
                ('file', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='run', to='ledger.keptfile')),
                ('wanted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='ledgerbatch',
            constraint=models.CheckConstraint(condition=models.Q(('lines__gt', 0)), name='a_ledger_batch_holds_something'),
        ),
        migrations.AddIndex(
            model_name='reportrun',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['wanted_at'], name='runs_to_make'),
        ),
        migrations.AddConstraint(
            model_name='reportrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('file', None)), models.Q(('done_at__isnull', False), ('file__isnull', False), ('problem', '')), models.Q(('done_at__isnull', False), ('file', None), models.Q(('problem', ''), _negated=True)), _connector='OR'), name='a_finished_run_has_a_file_or_a_problem'),
        ),
        migrations.AddConstraint(
            model_name='reportrun',
            constraint=models.CheckConstraint(condition=models.Q(('done_at', None), ('done_at__gte', models.F('wanted_at')), _connector='OR'), name='a_run_is_done_after_it_was_wanted'),
        ),
        sql.run("0016_batches_out_and_charges_in"),
    ]
