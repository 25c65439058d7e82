import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from bids import sql


class Migration(migrations.Migration):

    dependencies = [
        ('bids', '0005_files_under_seal'),
        ('ledger', '0013_entries_in_groups'),
        ('marketplace', '0011_interests_and_panels'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='agreement', serialize=False, to='marketplace.job')),
                ('agreed_at', models.DateTimeField()),
                ('digest', models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='FinalRound',
            fields=[
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='final_round', serialize=False, to='marketplace.job')),
                ('asked_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
            ],
        ),
        migrations.CreateModel(
            name='FinalOpening',
            fields=[
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='opening', serialize=False, to='bids.finalround')),
                ('opened_at', models.DateTimeField()),
                ('bids', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Shortlisted',
            fields=[
                ('bid', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='shortlisted', serialize=False, to='bids.bid')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shortlist', to='bids.finalround')),
            ],
            options={
                'verbose_name_plural': 'shortlisted',
            },
        ),
        migrations.CreateModel(
            name='AgreedScore',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('quarters', models.PositiveSmallIntegerField()),
                ('was_talked_over', models.BooleanField()),
                ('noted_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField(null=True)),
                ('bid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreed_scores', to='bids.bid')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreed_scores', to='marketplace.criterion')),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('quarters__lte', 4)), name='an_agreed_level_is_0_to_4_quarters'), models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('bid', 'criterion'), name='one_current_agreed_score_per_bid_and_criterion')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('digest', models.BinaryField(max_length=32)),
                ('given_at', models.DateTimeField()),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='marketplace.job')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('job', 'user', 'digest'), name='one_consent_per_person_and_sheet')],
            },
        ),
        migrations.CreateModel(
            name='FinalBid',
            fields=[
                ('bid', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='final_of', serialize=False, to='bids.bid')),
                ('earlier', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='final', to='bids.bid')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('bid', models.F('earlier')), _negated=True), name='a_final_bid_follows_another')],
            },
        ),
        migrations.CreateModel(
            name='FinalOffer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=20, unique=True)),
                ('submitted_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField(null=True)),
                ('quality_envelope', models.BinaryField()),
                ('price_envelope', models.BinaryField()),
                ('quality_key', models.BinaryField()),
                ('price_key', models.BinaryField()),
                ('key_name', models.CharField(max_length=40)),
                ('fingerprint', models.BinaryField(max_length=32)),
                ('receipt', models.TextField()),
                ('earlier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='final_offers', to='bids.bid')),
                ('submitted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('earlier',), name='one_final_offer_per_shortlisted_bid')],
            },
        ),
        migrations.AddConstraint(
            model_name='finalround',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('asked_at'))), name='a_final_round_ends_after_it_was_asked_for'),
        ),
        sql.run("0006_judged_together"),
    ]
