import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from marketplace import sql


class Migration(migrations.Migration):

    dependencies = [
        ('marketplace', '0013_templates_and_job_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='provider',
            name='approved_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='Terms',
            fields=[
                ('version', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('stated_at', models.DateTimeField()),
                ('stated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'terms',
            },
        ),
        migrations.CreateModel(
            name='VendorProfile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('legal_name', models.CharField(max_length=300)),
                ('register_number', models.CharField(max_length=60)),
                ('tax_number', models.CharField(blank=True, default='', max_length=60)),
                ('country', models.CharField(max_length=2)),
                ('address', models.CharField(max_length=500)),
                ('said_at', models.DateTimeField()),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='profiles', to='marketplace.provider')),
                ('said_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ProviderSuspension',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('suspended_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='marketplace.provider')),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
                ('return_reason', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
                ('suspended_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('provider',), name='a_provider_is_suspended_once_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('return_reason', None)), models.Q(('ended_at__gte', models.F('suspended_at')), ('ended_by__isnull', False), ('return_reason__isnull', False)), _connector='OR'), name='a_suspension_ends_by_somebody_and_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='TermsAcceptance',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('accepted_at', models.DateTimeField()),
                ('accepted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms_accepted', to='marketplace.provider')),
                ('terms', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.terms')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('provider', 'terms'), name='a_version_of_the_terms_is_accepted_once')],
            },
        ),
        migrations.CreateModel(
            name='VendorAnswer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('is_approved', models.BooleanField()),
                ('answered_at', models.DateTimeField()),
                ('answered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vendor_answers', to='marketplace.provider')),
                ('reason', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('is_approved', True), ('reason__isnull', False), _connector='OR'), name='who_sends_a_vendor_back_says_why'), models.UniqueConstraint(condition=models.Q(('is_approved', True)), fields=('provider',), name='a_vendor_is_approved_once')],
            },
        ),
        migrations.CreateModel(
            name='VendorDeclaration',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('has_conflict', models.BooleanField()),
                ('declared_at', models.DateTimeField()),
                ('conflict', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
                ('declared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owners', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='declarations', to='marketplace.provider')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('conflict', None), ('has_conflict', False)), models.Q(('conflict__isnull', False), ('has_conflict', True)), _connector='OR'), name='a_conflict_is_said_in_words')],
            },
        ),
        migrations.CreateModel(
            name='VendorInvitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('company_name', models.CharField(max_length=300)),
                ('is_new_company', models.BooleanField()),
                ('role', models.CharField(choices=[('lead', 'Lead'), ('member', 'Member')], max_length=20)),
                ('invited_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='vendor_invites', to='marketplace.provider')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('invited_at'))), name='an_invitation_ends_after_it_was_sent'), models.CheckConstraint(condition=models.Q(('accepted_at', None), ('withdrawn_at', None), _connector='OR'), name='an_invitation_is_taken_or_withdrawn'), models.CheckConstraint(condition=models.Q(models.Q(('accepted_at', None), ('accepted_by', None)), models.Q(('accepted_at__lt', models.F('ends_at')), ('accepted_by__isnull', False), ('provider__isnull', False)), _connector='OR'), name='an_invitation_is_taken_by_somebody_before_it_ends'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='an_invitation_is_withdrawn_by_somebody')],
            },
        ),
        sql.run("0014_vendor_life"),
    ]
