import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from marketplace import sql


class Migration(migrations.Migration):

    dependencies = [
        ("marketplace", "0006_what_is_published_stays"),
    ]

    operations = [
        migrations.CreateModel(
            name='LogEpoch',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('cluster', models.BigIntegerField()),
                ('begun_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reason', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='LogTile',
            fields=[
                ('pk', models.CompositePrimaryKey('level', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('level', models.PositiveSmallIntegerField()),
                ('number', models.BigIntegerField()),
                ('hashes', models.BinaryField(max_length=8192)),
                ('root', models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                ('root', models.BinaryField(max_length=32)),
                ('note', models.TextField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='checkpoint_is_over_something')],
            },
        ),
        migrations.CreateModel(
            name='CheckpointCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(choices=[('mail', 'Mail to finance and auditors'), ('folder', 'A folder'), ('address', 'An address that takes a POST')], max_length=10)),
                ('target', models.CharField(max_length=500)),
                ('tried_at', models.DateTimeField()),
                ('problem', models.TextField(blank=True)),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='marketplace.checkpoint')),
            ],
            options={
                'verbose_name_plural': 'checkpoint copies',
                'indexes': [models.Index(fields=['target', 'tried_at'], name='copies_to_a_target')],
            },
        ),
        migrations.CreateModel(
            name='LogLeaf',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                ('leaf', models.BinaryField(max_length=32)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='place', to='marketplace.event')),
            ],
            options={
                'verbose_name_plural': 'log leaves',
                'constraints': [models.CheckConstraint(condition=models.Q(('position__gte', 0)), name='log_begins_at_zero')],
            },
        ),
        sql.run("0007_sealed_log"),
    ]
