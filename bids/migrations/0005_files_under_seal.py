import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from bids import sql


class Migration(migrations.Migration):

    dependencies = [
        ('bids', '0004_secret_until_opened'),
        ('ledger', '0012_redactions_are_recorded'),
        ('marketplace', '0010_words_are_redacted_by_two'),
    ]

    operations = [
        migrations.CreateModel(
            name='SealKey',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('registered_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='openedbid',
            name='files',
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name='SealedFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('attached_at', models.DateTimeField()),
                ('detached_at', models.DateTimeField(null=True)),
                ('label', models.BinaryField()),
                ('envelope', models.BinaryField()),
                ('key', models.BinaryField()),
                ('key_name', models.CharField(max_length=40)),
                ('attached_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sealed_files', to='marketplace.job')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sealed_files', to='marketplace.provider')),
            ],
        ),
        migrations.CreateModel(
            name='BidFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.BinaryField()),
                ('key_name', models.CharField(max_length=40)),
                ('bid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='bids.bid')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bids.sealedfile')),
            ],
        ),
        migrations.CreateModel(
            name='OpeningLimit',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3)),
                ('limit_minor', models.BigIntegerField()),
                ('stated_at', models.DateTimeField()),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
                ('stated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('limit_minor__gte', 0)), name='an_opening_limit_is_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='OpeningSignature',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('signed_at', models.DateTimeField()),
                ('capacity', models.CharField(max_length=10)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opening_signatures', to='marketplace.job')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('job', 'signed_by'), name='nobody_signs_twice_for_an_opening')],
            },
        ),
        migrations.AddConstraint(
            model_name='sealedfile',
            constraint=models.CheckConstraint(condition=models.Q(('detached_at', None), ('detached_at__gte', models.F('attached_at')), _connector='OR'), name='a_file_is_detached_after_it_is_attached'),
        ),
        migrations.AddConstraint(
            model_name='bidfile',
            constraint=models.UniqueConstraint(fields=('bid', 'file'), name='a_bid_has_a_file_once'),
        ),
        sql.run("0005_files_under_seal"),
    ]
