import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from ledger import sql


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0022_publication_is_signed'),
        ('marketplace', '0014_vendor_life'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PartWanted',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('amount_minor', models.BigIntegerField()),
                ('wanted_at', models.DateTimeField()),
                ('payout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts_wanted', to='ledger.payout')),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
                ('wanted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PartBack',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=100, unique=True)),
                ('amount_minor', models.BigIntegerField()),
                ('set_off_minor', models.BigIntegerField()),
                ('happened_at', models.DateTimeField()),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('payout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts_back', to='ledger.payout')),
                ('wanted', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='back', to='ledger.partwanted')),
            ],
        ),
        migrations.AddConstraint(
            model_name='partwanted',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='a_part_wanted_is_something'),
        ),
        migrations.AddConstraint(
            model_name='partback',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), ('set_off_minor__gte', 0), ('set_off_minor__lte', models.F('amount_minor'))), name='a_part_back_sets_off_what_came_back_at_most'),
        ),
        sql.run("0023_reversed_in_part"),
    ]
