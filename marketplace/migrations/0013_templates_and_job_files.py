import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from marketplace import sql


class Migration(migrations.Migration):

    dependencies = [
        ('marketplace', '0012_webhooks_and_limits'),
    ]

    operations = [
        migrations.CreateModel(
            name='JobFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.BinaryField(max_length=32)),
                ('attached_at', models.DateTimeField()),
                ('addendum', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='marketplace.addendum')),
                ('attached_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='marketplace.job')),
            ],
        ),
        migrations.CreateModel(
            name='JobFileContent',
            fields=[
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='content', serialize=False, to='marketplace.jobfile')),
                ('content', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='PolicyOffer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.SlugField(max_length=40)),
                ('from_on', models.DateField()),
                ('is_offered', models.BooleanField()),
                ('stated_at', models.DateTimeField()),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
                ('stated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('title', models.CharField(max_length=500)),
                ('need', models.TextField(blank=True, default='')),
                ('procedure', models.CharField(choices=[('quick', 'Quick'), ('formal', 'Formal')], max_length=10)),
                ('mode', models.CharField(choices=[('quality_to_price', 'Quality to price'), ('lowest_cost', 'Lowest cost'), ('fixed_price', 'Best quality for a fixed price')], max_length=20)),
                ('bids_wanted', models.PositiveSmallIntegerField()),
                ('too_few_rule', models.CharField(choices=[('extend_once', 'Extend once by three business days'), ('go_on', 'Go on with those there are'), ('end', 'End without a choice')], max_length=20)),
                ('criteria', models.JSONField(default=list)),
                ('milestones', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None)),
                ('kept_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.category')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='templates', to='marketplace.department')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kept_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='jobfile',
            constraint=models.UniqueConstraint(fields=('job', 'name'), name='a_job_has_a_file_name_once'),
        ),
        migrations.AddConstraint(
            model_name='jobfile',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='a_file_of_a_job_is_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='policyoffer',
            constraint=models.UniqueConstraint(fields=('code', 'from_on'), name='one_word_on_an_offer_per_day'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('department', 'name'), name='a_department_names_a_template_once'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__gte', models.F('kept_at')), ('ended_by__isnull', False)), _connector='OR'), name='a_template_is_ended_by_somebody_after_it_was_kept'),
        ),
        sql.run("0013_templates_and_job_files"),
    ]
