import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ledger import sql


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0007_years_and_showback'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('bids', '0004_secret_until_opened'),
        ('marketplace', '0007_sealed_log'),
    ]

    operations = [
        migrations.CreateModel(
            name='UnrecordedRow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('table_name', models.CharField(max_length=63)),
                ('key', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='CheckWish',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'check wishes',
            },
        ),
        migrations.CreateModel(
            name='RowBatch',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(unique=True)),
                ('table_name', models.CharField(max_length=63)),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('later_columns', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('digests', django.contrib.postgres.fields.ArrayField(base_field=models.BinaryField(), size=None)),
                ('later_digests', django.contrib.postgres.fields.ArrayField(base_field=models.BinaryField(), size=None)),
                ('up_to_position', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'row batches',
                'indexes': [models.Index(fields=['table_name', 'number'], name='batches_of_a_table')],
                'constraints': [models.CheckConstraint(condition=models.Q(('digests__len', models.F('keys__len'))), name='a_batch_holds_one_digest_a_row')],
            },
        ),
        migrations.CreateModel(
            name='RecordCheck',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('books', 'The books'), ('record', 'The record')], max_length=10)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('is_clean', models.BooleanField()),
                ('checked', models.JSONField()),
                ('wrong', models.JSONField(default=list)),
                ('log_size', models.BigIntegerField()),
                ('wish', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='ledger.checkwish')),
            ],
            options={
                'indexes': [models.Index(fields=['started_at'], name='checks_by_moment')],
                'constraints': [models.CheckConstraint(condition=models.Q(('is_clean', False), ('wrong', []), _connector='OR'), name='a_clean_check_found_nothing')],
            },
        ),
        sql.run("0008_rows_are_recorded"),
    ]
