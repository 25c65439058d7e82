import django.db.models.deletion
from django.db import migrations, models

from bids import sql


class Migration(migrations.Migration):

    dependencies = [
        ('bids', '0003_bids_stay_sealed'),
        ('marketplace', '0007_sealed_log'),
    ]

    operations = [
        migrations.CreateModel(
            name='SealedRoot',
            fields=[
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='sealed_root', serialize=False, to='marketplace.job')),
                ('rooted_at', models.DateTimeField()),
                ('seed', models.BinaryField(max_length=32)),
                ('leaves', models.PositiveIntegerField()),
                ('root', models.BinaryField(max_length=32)),
            ],
        ),
        sql.run("0004_secret_until_opened"),
    ]
