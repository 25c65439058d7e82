import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from marketplace import sql


class Migration(migrations.Migration):

    dependencies = [
        ('marketplace', '0009_addenda_are_not_truncated'),
    ]

    operations = [
        migrations.CreateModel(
            name='RedactionWanted',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('wanted_at', models.DateTimeField()),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.words')),
                ('wanted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('words', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='redaction_wanted', to='marketplace.words')),
            ],
            options={
                'verbose_name_plural': 'redactions wanted',
            },
        ),
        migrations.CreateModel(
            name='Redaction',
            fields=[
                ('wanted', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='redaction', serialize=False, to='marketplace.redactionwanted')),
                ('agreed_at', models.DateTimeField()),
                ('agreed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        sql.run("0010_words_are_redacted_by_two"),
    ]
