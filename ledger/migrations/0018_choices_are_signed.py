import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from ledger import sql


class Migration(migrations.Migration):

    dependencies = [
        ('bids', '0006_judged_together'),
        ('ledger', '0017_rates_by_page'),
        ('marketplace', '0012_webhooks_and_limits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChoiceWanted',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('wanted_at', models.DateTimeField()),
                ('reason_code', models.CharField(choices=[('best_value', 'Best value'), ('quality', 'Better quality'), ('price', 'Better price'), ('dates', 'Better dates'), ('experience', 'Experience with them'), ('capacity', 'Capacity'), ('imported', 'Not stated at the source')], max_length=20)),
                ('followed_view', models.CharField(blank=True, choices=[('charged', 'What the department is charged'), ('spent', 'What the company really spends')], default='', max_length=10)),
                ('comparison_digest', models.BinaryField(max_length=32)),
                ('bid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bids.bid')),
                ('decisive_criterion', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.criterion')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='choices_wanted', to='marketplace.job')),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
                ('wanted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'choices wanted',
            },
        ),
        migrations.CreateModel(
            name='ChoiceAnswer',
            fields=[
                ('wanted', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='answer', serialize=False, to='ledger.choicewanted')),
                ('answered_at', models.DateTimeField()),
                ('answered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('award', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='signature', to='ledger.award')),
                ('reason', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('award__isnull', False), ('reason', None)), models.Q(('award', None), ('reason__isnull', False)), _connector='OR'), name='a_choice_is_signed_or_sent_back_for_a_reason')],
            },
        ),
        sql.run("0018_choices_are_signed"),
    ]
