import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from marketplace import sql


class Migration(migrations.Migration):

    dependencies = [
        ('marketplace', '0010_words_are_redacted_by_two'),
    ]

    operations = [
        migrations.CreateModel(
            name='PanelSeat',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('appointed_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='policy',
            name='choice_alone_minor',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='policy',
            name='differential_basis_points',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='policy',
            name='panel_members',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(('differential_basis_points__lte', 10000)), name='a_differential_is_a_share_of_the_labour'),
        ),
        migrations.CreateModel(
            name='Interest',
            fields=[
                ('seat', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='interest', serialize=False, to='marketplace.panelseat')),
                ('declared_at', models.DateTimeField()),
                ('has_some', models.BooleanField()),
                ('what', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
            ],
        ),
        migrations.AddField(
            model_name='panelseat',
            name='appointed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='panelseat',
            name='job',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='panel', to='marketplace.job'),
        ),
        migrations.AddField(
            model_name='panelseat',
            name='left_reason',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words'),
        ),
        migrations.AddField(
            model_name='panelseat',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='InterestAnswer',
            fields=[
                ('interest', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='answer', serialize=False, to='marketplace.interest')),
                ('answered_at', models.DateTimeField()),
                ('may_stay', models.BooleanField()),
            ],
        ),
        migrations.AddConstraint(
            model_name='panelseat',
            constraint=models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('job', 'user'), name='one_seat_per_person_and_panel'),
        ),
        migrations.AddConstraint(
            model_name='panelseat',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('left_at', None), ('left_reason', None)), models.Q(('left_at__gte', models.F('appointed_at')), ('left_reason__isnull', False)), _connector='OR'), name='a_seat_is_left_after_it_was_taken_and_for_a_reason'),
        ),
        migrations.AddField(
            model_name='interestanswer',
            name='answered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='interestanswer',
            name='reason',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words'),
        ),
        migrations.AddConstraint(
            model_name='interest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('has_some', False), ('what', None)), models.Q(('has_some', True), ('what__isnull', False)), _connector='OR'), name='an_interest_says_what_it_is'),
        ),
        sql.run("0011_interests_and_panels"),
    ]
