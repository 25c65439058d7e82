import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from ledger import sql


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0013_entries_in_groups'),
        ('marketplace', '0010_words_are_redacted_by_two'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('raised_at', models.DateTimeField()),
                ('award', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='ledger.award')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='marketplace.provider')),
                ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
            ],
        ),
        migrations.CreateModel(
            name='Standstill',
            fields=[
                ('award', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='standstill', serialize=False, to='ledger.award')),
                ('until_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('award', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='withdrawal', serialize=False, to='ledger.award')),
                ('cause', models.CharField(choices=[('objection', 'An objection was upheld'), ('declined', 'The provider declined')], max_length=10)),
                ('withdrawn_at', models.DateTimeField()),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
                ('withdrawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Ruling',
            fields=[
                ('objection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='ruling', serialize=False, to='ledger.objection')),
                ('upheld', models.BooleanField()),
                ('decided_at', models.DateTimeField()),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
            ],
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.UniqueConstraint(fields=('award', 'provider'), name='a_bidder_objects_to_a_choice_once'),
        ),
        sql.run("0014_standstill_and_objection"),
    ]
