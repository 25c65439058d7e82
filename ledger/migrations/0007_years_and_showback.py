import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from ledger import sql


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0006_overrides_and_retention'),
        ('marketplace', '0007_sealed_log'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CarryForward',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('fiscal_year', models.PositiveSmallIntegerField()),
                ('unspent', models.CharField(choices=[('lapse', 'Lapses'), ('carry', 'Is carried on')], max_length=10)),
                ('promises', models.CharField(choices=[('with_budget', 'Carried on with their budget'), ('without_budget', 'Carried on; the new year pays')], max_length=15)),
                ('stated_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('amount_minor', models.BigIntegerField()),
                ('granted_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ModeStated',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('mode', models.CharField(choices=[('chargeback', 'Charged'), ('showback', 'Shown, not charged')], max_length=10)),
                ('from_period', models.PositiveIntegerField(unique=True)),
                ('stated_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='MoveWanted',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('amount_minor', models.BigIntegerField()),
                ('proposed_at', models.DateTimeField()),
                ('needs_signature', models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name='OutsideSpend',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('payee', models.CharField(max_length=300)),
                ('document', models.CharField(max_length=100)),
                ('paid_on', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('net_minor', models.BigIntegerField()),
                ('tax_minor', models.BigIntegerField(default=0)),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'outside spend',
            },
        ),
        migrations.CreateModel(
            name='RecoverySettled',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('fiscal_year', models.PositiveSmallIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('recovered_minor', models.BigIntegerField()),
                ('cost_minor', models.BigIntegerField()),
                ('policy', models.CharField(choices=[('carry', "Carried into next year's rate"), ('rebate', 'Given back to who used the team')], max_length=10)),
                ('settled_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SigningLimit',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3)),
                ('limit_minor', models.BigIntegerField()),
                ('stated_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='TeamPricing',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rule', models.CharField(choices=[('market', 'Market: the bid'), ('cost_plus', 'Cost plus a margin'), ('negotiated', 'Negotiated: a part of the bid'), ('dual', 'Dual: the team recovers another amount')], max_length=10)),
                ('basis_points', models.PositiveIntegerField()),
                ('in_force_on', models.DateField()),
                ('stated_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='YearEnd',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('fiscal_year', models.PositiveSmallIntegerField()),
                ('run', models.PositiveSmallIntegerField()),
                ('ended_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='commitment',
            name='commitment_lines_of_an_award',
        ),
        migrations.AddField(
            model_name='commitment',
            name='follows',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='ledger.commitment'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.UniqueConstraint(fields=('award', 'line', 'budget_line'), name='commitment_lines_of_an_award'),
        ),
        migrations.AddField(
            model_name='carryforward',
            name='department',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.department'),
        ),
        migrations.AddField(
            model_name='carryforward',
            name='reason',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words'),
        ),
        migrations.AddField(
            model_name='carryforward',
            name='stated_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='grant',
            name='budget_line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='ledger.budgetline'),
        ),
        migrations.AddField(
            model_name='grant',
            name='granted_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='modestated',
            name='reason',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words'),
        ),
        migrations.AddField(
            model_name='modestated',
            name='stated_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='MoveAnswer',
            fields=[
                ('wanted', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='answer', serialize=False, to='ledger.movewanted')),
                ('answered_at', models.DateTimeField()),
                ('is_made', models.BooleanField()),
            ],
        ),
        migrations.AddField(
            model_name='movewanted',
            name='from_line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.budgetline'),
        ),
        migrations.AddField(
            model_name='movewanted',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='movewanted',
            name='reason',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words'),
        ),
        migrations.AddField(
            model_name='movewanted',
            name='to_category',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.category'),
        ),
        migrations.AddField(
            model_name='movewanted',
            name='to_department',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.department'),
        ),
        migrations.AddField(
            model_name='outsidespend',
            name='category',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.category'),
        ),
        migrations.AddField(
            model_name='outsidespend',
            name='department',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.department'),
        ),
        migrations.AddField(
            model_name='outsidespend',
            name='provider',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.provider'),
        ),
        migrations.AddField(
            model_name='outsidespend',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='recoverysettled',
            name='reason',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words'),
        ),
        migrations.AddField(
            model_name='recoverysettled',
            name='settled_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='recoverysettled',
            name='team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recoveries', to='marketplace.provider'),
        ),
        migrations.AddField(
            model_name='signinglimit',
            name='reason',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words'),
        ),
        migrations.AddField(
            model_name='signinglimit',
            name='stated_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='teampricing',
            name='reason',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words'),
        ),
        migrations.AddField(
            model_name='teampricing',
            name='stated_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='teampricing',
            name='team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='price_rules', to='marketplace.provider'),
        ),
        migrations.AddField(
            model_name='yearend',
            name='ended_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='carryforward',
            index=models.Index(fields=['fiscal_year'], name='carry_forward_of_a_year'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='a_grant_adds_something'),
        ),
        migrations.AddField(
            model_name='moveanswer',
            name='answered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='moveanswer',
            name='reason',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words'),
        ),
        migrations.AddField(
            model_name='moveanswer',
            name='to_line',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.budgetline'),
        ),
        migrations.AddConstraint(
            model_name='movewanted',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='a_move_moves_something'),
        ),
        migrations.AddIndex(
            model_name='outsidespend',
            index=models.Index(fields=['paid_on'], name='outside_spend_by_day'),
        ),
        migrations.AddConstraint(
            model_name='outsidespend',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('net_minor__gt', 0), ('tax_minor__gte', 0)), models.Q(('net_minor__lt', 0), ('tax_minor__lte', 0)), _connector='OR'), name='outside_spend_is_paid_or_comes_back'),
        ),
        migrations.AddConstraint(
            model_name='outsidespend',
            constraint=models.UniqueConstraint(fields=('department', 'payee', 'document'), name='a_document_of_a_payee_is_recorded_once'),
        ),
        migrations.AddConstraint(
            model_name='recoverysettled',
            constraint=models.UniqueConstraint(fields=('team', 'fiscal_year', 'currency'), name='a_teams_year_is_settled_once'),
        ),
        migrations.AddConstraint(
            model_name='recoverysettled',
            constraint=models.CheckConstraint(condition=models.Q(('cost_minor__gte', 0)), name='a_teams_cost_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='signinglimit',
            constraint=models.CheckConstraint(condition=models.Q(('limit_minor__gte', 0)), name='a_signing_limit_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='teampricing',
            constraint=models.UniqueConstraint(fields=('team', 'in_force_on'), name='one_price_rule_per_team_and_day'),
        ),
        migrations.AddConstraint(
            model_name='teampricing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('basis_points', 0), ('rule', 'market')), models.Q(('basis_points__lte', 10000), ('rule', 'cost_plus')), models.Q(('basis_points__gte', 1), ('basis_points__lte', 10000), ('rule', 'negotiated')), models.Q(('basis_points__lte', 50000), ('rule', 'dual')), _connector='OR'), name='a_price_rule_has_its_share'),
        ),
        migrations.AddConstraint(
            model_name='yearend',
            constraint=models.UniqueConstraint(fields=('fiscal_year', 'run'), name='runs_of_a_year_end'),
        ),
        migrations.AddConstraint(
            model_name='moveanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_made', True), ('to_line__isnull', False)), models.Q(('is_made', False), ('reason__isnull', False), ('to_line', None)), _connector='OR'), name='a_move_that_is_made_names_its_line'),
        ),
        sql.run("0007_years_and_showback"),
    ]
