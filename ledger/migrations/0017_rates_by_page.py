import uuid

import django.db.models.deletion
from django.db import migrations, models

from ledger import sql


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0016_batches_out_and_charges_in"),
    ]
    operations = [
        migrations.CreateModel(
            name='RateReason',
            fields=[
                ('rate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='reason', serialize=False, to='ledger.bookingrate')),
                ('words', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
            ],
        ),
        migrations.CreateModel(
            name='EstimateCarried',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('carried_at', models.DateTimeField()),
                ('budget_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.budgetline')),
                ('estimate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carried', to='ledger.precommitment')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('estimate', 'budget_line'), name='an_estimate_is_carried_to_a_line_once')],
            },
        ),
        migrations.CreateModel(
            name='ProviderTurnover',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3)),
                ('debit_minor', models.BigIntegerField()),
                ('credit_minor', models.BigIntegerField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('period', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.period')),
                ('provider', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.provider')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('provider', 'period', 'account', 'currency'), name='one_turnover_per_provider_month_account_and_currency')],
            },
        ),
        sql.run("0017_estimates_carried_and_turnover"),
    ]
