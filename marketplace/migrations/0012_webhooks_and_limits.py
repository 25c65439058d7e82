import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from marketplace import sql


class Migration(migrations.Migration):

    dependencies = [
        ('marketplace', '0011_interests_and_panels'),
    ]

    operations = [
        migrations.CreateModel(
            name='RequestCount',
            fields=[
                ('token', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='marketplace.token')),
                ('since', models.DateTimeField()),
                ('used', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('address', models.URLField(max_length=500)),
                ('purpose', models.CharField(max_length=80)),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('generation', models.PositiveIntegerField(default=1)),
                ('rotated_at', models.DateTimeField(null=True)),
                ('position', models.BigIntegerField()),
                ('added_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_because', models.CharField(default='', max_length=200)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='WebhookMessage',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('occurrence', models.CharField(max_length=80)),
                ('body', models.TextField()),
                ('told_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('tried_at', models.DateTimeField(null=True)),
                ('taken_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(default='', max_length=300)),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='marketplace.webhook')),
            ],
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(('address__startswith', 'https://'), ('address__startswith', 'http://'), _connector='OR'), name='a_webhook_is_an_address_of_the_web'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(('kinds__len__gt', 0)), name='a_webhook_asks_for_something'),
        ),
        migrations.AddIndex(
            model_name='webhookmessage',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='messages_to_send'),
        ),
        migrations.AddIndex(
            model_name='webhookmessage',
            index=models.Index(fields=['webhook', 'told_at'], name='messages_of_a_webhook'),
        ),
        migrations.AddConstraint(
            model_name='webhookmessage',
            constraint=models.UniqueConstraint(fields=('webhook', 'kind', 'occurrence'), name='a_webhook_is_told_a_fact_once'),
        ),
        migrations.AddConstraint(
            model_name='webhookmessage',
            constraint=models.CheckConstraint(condition=models.Q(('taken_at', None), ('due_at', None), _connector='OR'), name='a_taken_message_is_not_due'),
        ),
        migrations.AddConstraint(
            model_name='webhookmessage',
            constraint=models.CheckConstraint(condition=models.Q(('taken_at', None), ('taken_at__gte', models.F('told_at')), _connector='OR'), name='a_message_is_taken_after_it_was_told'),
        ),
        sql.run("0012_webhooks_and_limits"),
    ]
