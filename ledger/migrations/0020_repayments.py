import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ledger import sql


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0019_controls_that_exist'),
        ('marketplace', '0012_webhooks_and_limits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Poll',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('due_at', models.DateTimeField()),
                ('turn', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Repayment',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3)),
                ('amount_minor', models.BigIntegerField()),
                ('document', models.CharField(max_length=100)),
                ('again', models.PositiveSmallIntegerField(db_default=0)),
                ('arrived_on', models.DateField()),
                ('noted_at', models.DateTimeField()),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='repayments', to='marketplace.provider')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='a_repayment_brings_something'),
                    models.CheckConstraint(condition=models.Q(('document', ''), _negated=True), name='a_repayment_is_known_by_its_document'),
                    models.UniqueConstraint(fields=('provider', 'document', 'again'), name='a_repayment_of_a_vendor_is_noted_once'),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name='outsidespend',
            name='a_document_of_a_payee_is_recorded_once',
        ),
        migrations.AddField(
            model_name='outsidespend',
            name='again',
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AddConstraint(
            model_name='outsidespend',
            constraint=models.UniqueConstraint(fields=('department', 'payee', 'document', 'again'), name='a_document_of_a_payee_is_recorded_once'),
        ),
        sql.run("0020_repayments"),
    ]
