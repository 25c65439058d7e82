import django.db.models.deletion
import django.db.models.manager
import uuid
from django.conf import settings
from django.db import migrations, models

from ledger import sql


class Migration(migrations.Migration):

    dependencies = [
        ('bids', '0003_bids_stay_sealed'),
        ('ledger', '0005_closing_months'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BookingRate',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3)),
                ('into', models.CharField(max_length=3)),
                ('in_force_on', models.DateField()),
                ('numerator', models.BigIntegerField()),
                ('denominator', models.BigIntegerField()),
                ('stated_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Cancellation',
            fields=[
                ('award', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='cancellation', serialize=False, to='ledger.award')),
                ('agreed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='CancellationOffer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('fee_minor', models.BigIntegerField()),
                ('offered_at', models.DateTimeField()),
                ('by_provider', models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name='ChangeSignature',
            fields=[
                ('change', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='signature', serialize=False, to='ledger.changeorder')),
                ('signed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='CurrencySettlement',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('paid_minor', models.BigIntegerField()),
                ('cost_minor', models.BigIntegerField()),
                ('settled_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='LateCharge',
            fields=[
                ('milestone', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='late_charge', serialize=False, to='ledger.milestone')),
                ('allowed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Override',
            fields=[
                ('award', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='override', serialize=False, to='ledger.award')),
                ('own_minor', models.BigIntegerField()),
                ('difference_minor', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Retention',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('amount_minor', models.BigIntegerField()),
                ('due_at', models.DateTimeField()),
            ],
        ),
        migrations.AlterModelOptions(
            name='award',
            options={'base_manager_name': 'record'},
        ),
        migrations.AlterModelManagers(
            name='award',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('record', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name='award',
            name='rate_denominator',
            field=models.BigIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='award',
            name='rate_numerator',
            field=models.BigIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='award',
            name='replaces',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='ledger.award'),
        ),
        migrations.AddField(
            model_name='award',
            name='retention_basis_points',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='award',
            name='job',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', related_query_name='award', to='marketplace.job'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('rate_denominator__gt', 0), ('rate_numerator__gt', 0)), name='an_award_is_booked_at_a_rate'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.UniqueConstraint(condition=models.Q(('replaces', None)), fields=('job',), name='a_job_is_awarded_once'),
        ),
        migrations.AddField(
            model_name='bookingrate',
            name='stated_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cancellation',
            name='agreed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cancellationoffer',
            name='award',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cancellation_offers', to='ledger.award'),
        ),
        migrations.AddField(
            model_name='cancellationoffer',
            name='offered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cancellationoffer',
            name='reason',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words'),
        ),
        migrations.AddField(
            model_name='cancellation',
            name='offer',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='cancellation', to='ledger.cancellationoffer'),
        ),
        migrations.AddField(
            model_name='changesignature',
            name='signed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='currencysettlement',
            name='award',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='currency_settlements', to='ledger.award'),
        ),
        migrations.AddField(
            model_name='currencysettlement',
            name='settled_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='latecharge',
            name='allowed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='latecharge',
            name='reason',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words'),
        ),
        migrations.AddField(
            model_name='override',
            name='department',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.department'),
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('retention', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='release', serialize=False, to='ledger.retention')),
                ('amount_minor', models.BigIntegerField()),
                ('released_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='retention',
            name='milestone',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='retention', to='ledger.milestone'),
        ),
        migrations.AddConstraint(
            model_name='bookingrate',
            constraint=models.UniqueConstraint(fields=('currency', 'into', 'in_force_on'), name='one_rate_per_pair_and_day'),
        ),
        migrations.AddConstraint(
            model_name='bookingrate',
            constraint=models.CheckConstraint(condition=models.Q(('denominator__gt', 0), ('numerator__gt', 0), models.Q(('currency', models.F('into')), _negated=True)), name='a_rate_is_positive_and_between_two_currencies'),
        ),
        migrations.AddConstraint(
            model_name='cancellationoffer',
            constraint=models.CheckConstraint(condition=models.Q(('fee_minor__gte', 0)), name='a_cancellation_fee_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='cancellationoffer',
            constraint=models.UniqueConstraint(fields=('award', 'offered_at'), name='one_cancellation_offer_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='currencysettlement',
            constraint=models.CheckConstraint(condition=models.Q(('cost_minor__gte', 0), ('paid_minor__gt', 0)), name='a_settlement_pays_something'),
        ),
        migrations.AddConstraint(
            model_name='override',
            constraint=models.CheckConstraint(condition=models.Q(('difference_minor__gte', 0), ('own_minor__gte', 0)), name='an_override_divides_a_price'),
        ),
        migrations.AddField(
            model_name='release',
            name='released_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='retention',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='a_retention_is_money'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gte', 0)), name='a_release_is_not_negative'),
        ),
        sql.run("0006_what_follows_a_choice_stays"),
    ]
